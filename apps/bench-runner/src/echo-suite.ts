import { echoCases } from './echo-case.ts'
import { echoSubjectNames } from './echo-subjects.ts'
import { loadSuite } from './load-suite.ts'
import type { Suite } from './suite.ts'

/** Few connections, each with as much as it carries; in a hurry without the loads of a given rate. */
export const echoSuite: Suite = loadSuite({
  name: 'echo',
  cases: echoCases,
  quickCases: echoCases.filter(({ ratePerSecond }) => ratePerSecond === undefined),
  subjects: echoSubjectNames,
})
