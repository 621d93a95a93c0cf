import { describeChoice } from './messenger-choice.ts'
import type { StressPlan } from './stress-plan.ts'
import type { StressSummary } from './stress-summary.ts'

const MIB = 1024 * 1024

/** What a run is about to do, in a line. */
export function renderPlan(preset: string, plan: StressPlan): string {
  const { policy, cutEvery, seed, processCount } = plan
  const cuts = cutEvery === 0 ? 'no cuts' : `a cut in ${cutEvery} reads and writes`
  return `${preset}: ${describeChoice(plan.messenger)}, ${policy}, ${processCount} processes, ${cuts}, --seed ${seed}`
}

/** How it went, for a person. */
export function renderSummary(summary: StressSummary): string {
  const { sent, delivered, answered, lost, duplicated, reordered, corrupt, misdirected, told, forgiven } = summary
  const { cuts, reconnects, seconds, messagesPerSecond, messagesPerCut, breaches, seed } = summary
  const lines = [
    `${sent} requests sent, ${delivered} delivered, ${answered} answered, in ${seconds} s: ${messagesPerSecond} messages/s`,
    `${lost} lost, ${duplicated} duplicated, ${reordered} reordered, ${corrupt} corrupt, ${misdirected} misdirected`,
    `${told} lost with notice, ${forgiven} given up with their connection`,
    `${cuts} cuts, ${reconnects} reconnects, ${messagesPerCut ?? 'no'} messages per cut`,
    `memory: ${mib(summary.rssBytesAtTenth)} after a tenth, ${mib(summary.rssBytesAtEnd)} at the end, peak ${mib(summary.peakRssBytes)}`,
  ]
  if (breaches.length > 0) lines.push(...breaches.map((breach) => `✘ ${breach}`), `again: --seed ${seed}`)
  return lines.join('\n')
}

function mib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`
}
