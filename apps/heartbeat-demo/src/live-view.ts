import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'
import type { ClusterEvent } from './cluster-watch.ts'
import { summaryLines, type DemoSummary, type StepOutcome } from './demo-summary.ts'
import { describeEvent, type DemoView } from './demo-view.ts'
import { formatMessengerChoice } from './messenger-choice.ts'
import { osdTable, type Paint } from './osd-table.ts'
import { formatMs } from './round-trips.ts'
import type { Step } from './scenario.ts'
import type { Stage } from './stage.ts'

const REFRESH_EVERY_MS = 200
/** How many of the last events are shown, if there is room for them. */
const MAX_EVENT_COUNT = 5
const USUAL_ROWS = 24
const USUAL_COLUMNS = 80

/** A picture that is drawn again and again in the same place of a terminal. */
export class LiveView implements DemoView {
  readonly #stage: Stage
  readonly #stream: NodeJS.WriteStream
  readonly #logUpdate: ReturnType<typeof createLogUpdate>
  readonly #paint: Paint
  #script: readonly Step[] = []
  #current: Step | undefined
  readonly #outcomes = new Map<string, StepOutcome>()
  readonly #events: string[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(stage: Stage, stream: NodeJS.WriteStream) {
    this.#stage = stage
    this.#stream = stream
    this.#logUpdate = createLogUpdate(stream)
    this.#paint = (color, text) => styleText(color, text, { stream })
  }

  begin(script: readonly Step[]): void {
    this.#script = script
    this.#draw()
    this.#timer = setInterval(() => {
      this.#draw()
    }, REFRESH_EVERY_MS)
  }

  stepBegan(step: Step): void {
    this.#current = step
    this.#draw()
  }

  stepEnded(outcome: StepOutcome): void {
    this.#current = undefined
    this.#outcomes.set(outcome.name, outcome)
    this.#draw()
  }

  happened(event: ClusterEvent): void {
    this.#events.push(`${(this.#stage.elapsedMs / 1000).toFixed(2).padStart(6)}  ${describeEvent(event)}`)
    if (this.#events.length > MAX_EVENT_COUNT) this.#events.shift()
  }

  finish(summary: DemoSummary): void {
    clearInterval(this.#timer)
    this.#draw()
    this.#logUpdate.done()
    const lines = summaryLines(summary, this.#stage.options.messenger)
    const result = this.#paint(summary.ok ? 'green' : 'red', lines.at(-1) ?? '')
    this.#stream.write(`${[...lines.slice(0, -1), result].join('\n')}\n`)
  }

  #draw(): void {
    const { options, fsid } = this.#stage
    const { messenger, intervalMs, graceMs, seed } = options
    const about = `fsid ${fsid}  seed ${seed}  interval ${intervalMs} ms  grace ${graceMs} ms`
    const picture = [
      `heartbeats over the ${formatMessengerChoice(messenger)} messenger`,
      this.#paint('dim', this.#cut(about)),
      ...osdTable(this.#stage, this.#paint).split('\n'),
      ...this.#script.map((step) => this.#stepLine(step)),
    ]
    // The last row stays free for the cursor.
    const room = Math.max(0, Math.min(MAX_EVENT_COUNT, (this.#stream.rows || USUAL_ROWS) - 1 - picture.length))
    const events = room === 0 ? [] : this.#events.slice(-room)
    for (let i = 0; i < room; i++) picture.push(this.#paint('dim', this.#cut(events[i] ?? '')))
    this.#logUpdate(picture.join('\n'))
  }

  #stepLine(step: Step): string {
    const outcome = this.#outcomes.get(step.name)
    if (outcome !== undefined) {
      const mark = outcome.ok ? this.#paint('green', '✔') : this.#paint('red', '✘')
      const rest = this.#cut(`  ${step.title} ${formatMs(outcome.tookMs)}  ${outcome.detail}`)
      return `${mark} ${step.title}${this.#paint('dim', rest.slice(2 + step.title.length))}`
    }
    return step === this.#current
      ? `${this.#paint('yellow', '▸')} ${step.title}`
      : this.#paint('dim', `· ${step.title}`)
  }

  /** As much of a line as there is room for: one that wraps would take another line's place. */
  #cut(text: string): string {
    const columns = this.#stream.columns || USUAL_COLUMNS
    return text.length < columns ? text : `${text.slice(0, columns - 2)}…`
  }
}
