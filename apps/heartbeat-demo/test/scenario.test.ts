import { expect, test } from 'vitest'
import { makeScript } from '../src/scenario.ts'
import { seededRandom } from '../src/seeded-random.ts'
import { makeStage } from './small-stage.ts'

const titles = (seed: number): string[] => makeScript(makeStage(), seededRandom(seed)).map(({ title }) => title)

test('the seed decides who is killed and who hangs', () => {
  expect(titles(5)).toEqual(titles(5))
  const scripts = new Set(Array.from({ length: 50 }, (_, seed) => titles(seed).join('\n')))
  expect(scripts.size).toBe(6)
})

test('it is never the same one', () => {
  for (let seed = 0; seed < 50; seed++) {
    const [killed, hung] = titles(seed).flatMap(
      (title) => /(?:kill -9 of|goes on) ?(osd\.\d)|^(osd\.\d) hangs/.exec(title)?.slice(1) ?? [],
    )
    expect(killed).toMatch(/^osd\.[012]$/)
    expect(hung).not.toBe(killed)
  }
})

test('the script goes from the first start to the end of everything', () => {
  const names = makeScript(makeStage(), seededRandom(1)).map(({ name }) => name)
  expect(names).toEqual(['start', 'steady', 'kill', 'without', 'return', 'hang', 'hung', 'wake', 'end'])
})
