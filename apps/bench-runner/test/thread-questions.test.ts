import { expect, test } from 'vitest'
import { AskedThread, answerThread } from '../src/thread-questions.ts'

interface Sums {
  readonly add: { readonly argument: readonly number[]; readonly answer: number }
  readonly wait: { readonly argument: null; readonly answer: null }
}

function answering(asked: AskedThread<Sums>): void {
  answerThread<Sums>(asked.channelName, {
    add: (numbers) => {
      if (numbers.length === 0) throw new Error('nothing to add')
      return Promise.resolve(numbers.reduce((sum, number) => sum + number))
    },
    wait: () => new Promise(() => undefined),
  })
}

test('questions are answered, by who has the channel of that name', async () => {
  const [one, other] = [new AskedThread<Sums>('one'), new AskedThread<Sums>('other')]
  expect(one.channelName).not.toBe(other.channelName)
  answering(one)
  answering(other)
  expect(await Promise.all([one.ask('add', [1, 2]), other.ask('add', [3, 4])])).toEqual([3, 7])
  expect(await one.ask('add', [5])).toBe(5)
  one.close()
  other.close()
})

test('an answer that is an error says who gave it', async () => {
  const asked = new AskedThread<Sums>('adder')
  answering(asked)
  await expect(asked.ask('add', [])).rejects.toMatchObject({
    code: 'ERR_BENCH_PROCESS',
    message: 'adder: nothing to add',
  })
  asked.close()
})

test('one question at a time', async () => {
  const asked = new AskedThread<Sums>('adder')
  answering(asked)
  const first = asked.ask('add', [1])
  await expect(asked.ask('add', [2])).rejects.toThrow('adder: asked for add before it has answered')
  expect(await first).toBe(1)
  asked.close()
})

test('after a failure nothing is waited for any more', async () => {
  const asked = new AskedThread<Sums>('adder')
  answering(asked)
  const waiting = asked.ask('wait', null)
  asked.fail(new Error('lost'))
  await expect(waiting).rejects.toThrow('lost')
  await expect(asked.ask('add', [1])).rejects.toThrow('lost')
  asked.close()
})
