import type { ClusterEvent } from './cluster-watch.ts'
import type { DemoSummary, StepOutcome } from './demo-summary.ts'
import type { Step } from './scenario.ts'

/** Shows a demo while it runs. Nothing is said to a view after `finish`. */
export interface DemoView {
  begin(script: readonly Step[]): void
  stepBegan(step: Step): void
  stepEnded(outcome: StepOutcome): void
  happened(event: ClusterEvent): void
  finish(summary: DemoSummary): void
}

/** An event in words; those who look on see it as `osd.2 reports osd.4: refused`. */
export function describeEvent(event: ClusterEvent): string {
  switch (event.kind) {
    case 'up':
      return `osd.${event.id} is up, since epoch ${event.epoch}`
    case 'down':
      return `osd.${event.id} is down, since epoch ${event.epoch}`
    case 'wronglyMarkedDown':
      return `osd.${event.id} finds itself down in the map of epoch ${event.epoch}, and comes back`
    case 'report': {
      const { target, finding, failedForMs } = event.report
      const silence = finding === 'silence' ? ` for ${(failedForMs / 1000).toFixed(1)} s` : ''
      const ignored = event.counts ? '' : ' (does not count)'
      return `osd.${event.reporter} reports osd.${target}: ${finding}${silence}${ignored}`
    }
  }
}
