/* global Chart, document */
// Runs in the report, after Chart.js. The charts to draw are in the element #charts, as JSON: see src/chart.ts.

const COLOURS = [
  ...['#1f77b4', '#d62728', '#2ca02c', '#ff7f0e', '#9467bd', '#8c564b'],
  ...['#e377c2', '#7f7f7f', '#bcbd22', '#17becf', '#393b79', '#ad494a'],
]

/** A line from the least to the most that was measured, through each point or bar. */
const whiskers = {
  id: 'whiskers',
  afterDatasetsDraw(chart) {
    const { ctx, data, scales } = chart
    data.datasets.forEach((dataset, index) => {
      if (!chart.isDatasetVisible(index)) return
      chart.getDatasetMeta(index).data.forEach((element, at) => {
        const { min, max } = dataset.data[at]
        if (min === undefined || min === max) return
        ctx.save()
        ctx.strokeStyle = '#0008'
        ctx.beginPath()
        ctx.moveTo(element.x, scales.y.getPixelForValue(min))
        ctx.lineTo(element.x, scales.y.getPixelForValue(max))
        ctx.stroke()
        ctx.restore()
      })
    })
  },
}

/** Where the longest of all is drawn. */
const MOST_NINES = 5

/** Percentiles are drawn by how many nines they have: 90, 99 and 99.9 are as far from each other as they are hard. */
function ninesOf(percentile) {
  return percentile === 100 ? MOST_NINES : -Math.log10(1 - percentile / 100)
}

function percentileLabel(nines) {
  if (nines === MOST_NINES) return 'max'
  return Number.isInteger(nines) ? String(100 - 100 / 10 ** nines) : ''
}

function xScale({ x, xLabel }) {
  const title = { display: true, text: xLabel }
  if (x === 'category') return { type: 'category', title }
  if (x === 'log') return { type: 'logarithmic', title }
  return { type: 'linear', min: 0, title, ticks: { stepSize: 1, callback: percentileLabel } }
}

function draw(chart) {
  const canvas = document.createElement('canvas')
  const figure = document.createElement('figure')
  const caption = document.createElement('figcaption')
  caption.textContent = chart.title
  figure.append(caption, canvas)
  document.getElementById(`suite-${chart.suite}`).append(figure)
  const place = (point) => (chart.x === 'percentile' ? { ...point, x: ninesOf(point.x) } : point)
  const datasets = chart.series.map(({ name, points }, index) => {
    const colour = COLOURS[index % COLOURS.length]
    return { label: name, data: points.map(place), borderColor: colour, backgroundColor: colour, borderWidth: 1.5 }
  })
  const y = { type: chart.isLog ? 'logarithmic' : 'linear', title: { display: true, text: chart.yLabel } }
  new Chart(canvas, {
    type: chart.kind,
    data: { datasets },
    options: { animation: false, parsing: true, scales: { x: xScale(chart), y }, elements: { point: { radius: 2 } } },
    plugins: [whiskers],
  })
}

JSON.parse(document.getElementById('charts').textContent).forEach(draw)
