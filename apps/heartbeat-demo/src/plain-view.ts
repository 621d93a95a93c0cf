import type { ClusterEvent } from './cluster-watch.ts'
import { summaryLines, type DemoSummary, type StepOutcome } from './demo-summary.ts'
import { describeEvent, type DemoView } from './demo-view.ts'
import { formatMessengerChoice } from './messenger-choice.ts'
import { noPaint, osdTable } from './osd-table.ts'
import { formatMs } from './round-trips.ts'
import type { Step } from './scenario.ts'
import type { Stage } from './stage.ts'

/** A line for each thing that happens, for files, pipes and those who like it so. */
export class PlainView implements DemoView {
  readonly #stage: Stage
  readonly #print: (line: string) => void
  #stepCount = 0
  #stepNumber = 0

  constructor(stage: Stage, print: (line: string) => void) {
    this.#stage = stage
    this.#print = print
  }

  begin(script: readonly Step[]): void {
    const { options, fsid } = this.#stage
    const { osdCount, messenger, intervalMs, graceMs, seed } = options
    this.#stepCount = script.length
    this.#print(`${osdCount} OSDs, messenger ${formatMessengerChoice(messenger)}, fsid ${fsid}`)
    this.#print(`interval ${intervalMs} ms, grace ${graceMs} ms, seed ${seed}`)
  }

  stepBegan({ title }: Step): void {
    this.#stepNumber++
    this.#line(`── ${this.#stepNumber}/${this.#stepCount} ${title}`)
  }

  stepEnded({ ok, detail, tookMs }: StepOutcome): void {
    this.#line(`${ok ? 'ok' : 'FAILED'} (${formatMs(tookMs)}): ${detail}`)
  }

  happened(event: ClusterEvent): void {
    this.#line(describeEvent(event))
  }

  finish(summary: DemoSummary): void {
    this.#print(osdTable(this.#stage, noPaint))
    for (const line of summaryLines(summary, this.#stage.options.messenger)) this.#print(line)
  }

  #line(text: string): void {
    this.#print(`${(this.#stage.elapsedMs / 1000).toFixed(2).padStart(6)}  ${text}`)
  }
}
