/** A chart of the report, in the form that report/draw-charts.js draws. */
export interface Chart {
  readonly suite: string
  readonly title: string
  readonly kind: 'bar' | 'line'
  readonly x: 'category' | 'log' | 'percentile'
  readonly xLabel: string
  readonly yLabel: string
  /** The y axis is logarithmic. */
  readonly isLog: boolean
  readonly series: readonly ChartSeries[]
}

export interface ChartSeries {
  readonly name: string
  readonly points: readonly ChartPoint[]
}

/** A median and, for what was measured more than once, both ends. */
export interface ChartPoint {
  readonly x: string | number
  readonly y: number
  readonly min?: number
  readonly max?: number
}
