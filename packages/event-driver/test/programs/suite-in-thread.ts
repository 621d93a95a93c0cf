import { expect } from 'vitest'

// What the suites of this package ask of vitest, for a thread of a plain node process: several of them run the same
// suites there at once. The bundler puts it in vitest's place; `expect` is vitest's own.
export { expect }

type Body = () => unknown

interface Case {
  readonly name: string
  readonly body: Body
}

const cases: Case[] = []
const finishers: Body[] = []

const runBody = (title: string, body: () => void): void => body()
const leaveOut = (): void => undefined

export const describe: typeof runBody & { readonly skipIf: (condition: boolean) => typeof runBody } = Object.assign(
  (title: string, body: () => void) => runBody(title, body),
  { skipIf: (condition: boolean) => (condition ? leaveOut : runBody) },
)

const addCase = (name: string, body: Body): void => void cases.push({ name, body })

interface AddCase {
  (name: string, body: Body): void
  readonly each: <T>(rows: readonly T[]) => (name: string, body: (row: T) => unknown) => void
}

export const test: AddCase = Object.assign(addCase.bind(undefined), {
  each:
    <T>(rows: readonly T[]) =>
    (name: string, body: (row: T) => unknown): void => {
      for (const row of rows) addCase(name.replace('%i', String(row)), () => body(row))
    },
})

/** As vitest does, the last first. */
export function onTestFinished(finisher: Body): void {
  finishers.push(finisher)
}

/** Runs what the suites have asked for, one case after the other: how many. Those named in `except` are left out. */
export async function runCases(except: readonly string[]): Promise<number> {
  const unknown = except.find((name) => cases.every((each) => each.name !== name))
  if (unknown !== undefined) throw new Error(`there is no case to leave out that is named: ${unknown}`)
  const chosen = cases.filter(({ name }) => !except.includes(name))
  for (const { name, body } of chosen) {
    try {
      await body()
    } catch (cause) {
      throw new Error(`${name}: ${String(cause)}`, { cause })
    } finally {
      for (const finisher of finishers.splice(0).reverse()) await finisher()
    }
  }
  return chosen.length
}
