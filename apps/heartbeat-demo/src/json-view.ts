import type { DemoSummary } from './demo-summary.ts'
import type { DemoView } from './demo-view.ts'

/** Says nothing until the end, and then everything in one object on one line. */
export class JsonView implements DemoView {
  readonly #print: (line: string) => void

  constructor(print: (line: string) => void) {
    this.#print = print
  }

  begin(): void {
    // Not yet.
  }

  stepBegan(): void {
    // Not yet.
  }

  stepEnded(): void {
    // Not yet.
  }

  happened(): void {
    // Not yet.
  }

  finish(summary: DemoSummary): void {
    this.#print(JSON.stringify(summary))
  }
}
