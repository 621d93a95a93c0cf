import { BufferList } from '@msgr/bufferlist'
import { MPing } from '@msgr/messenger'
import { expect, test } from 'vitest'
import { Saboteur } from '../src/sabotage.ts'
import type { Sabotage } from '../src/stress-plan.ts'

function passAll(sabotage: Sabotage, count: number): string[] {
  const passed: string[] = []
  const saboteur = new Saboteur(sabotage, (message) => passed.push(message.data.toString()))
  for (let number = 1; number <= count; number++) {
    const ping = new MPing()
    ping.data = new BufferList().append(String(number))
    saboteur.take(ping)
  }
  return passed
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1))

test.each<[Sabotage, string[]]>([
  ['lose', numbers(52).filter((text) => text !== '50')],
  ['double', [...numbers(50), '50', '51', '52']],
  ['swap', [...numbers(49), '51', '50', '52']],
  ['alter', numbers(52).map((text) => (text === '50' ? '41!' : text))],
])('%s: tampers with one message and no other', (sabotage, expected) => {
  expect(passAll(sabotage, 52)).toEqual(expected)
})
