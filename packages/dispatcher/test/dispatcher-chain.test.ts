import { runInNewContext } from 'node:vm'
import { MPing } from '@msgr/message'
import { expect, test } from 'vitest'
import { DispatcherChain, type DispatcherFailure } from '../src/dispatcher-chain.ts'
import type { Dispatcher } from '../src/dispatcher.ts'
import { connectionNamed } from './fake-connection.ts'

function makeChain(): { chain: DispatcherChain; failures: DispatcherFailure[] } {
  const failures: DispatcherFailure[] = []
  const chain = new DispatcherChain((failure) => failures.push(failure))
  return { chain, failures }
}

/** A dispatcher that writes down that it was asked, and answers as it is told. */
function asked(name: string, log: string[], taken: boolean | Promise<boolean>): Dispatcher {
  return {
    msDispatch: () => {
      log.push(name)
      return taken
    },
  }
}

test('a message is offered from the head on until one takes it', () => {
  const { chain } = makeChain()
  const log: string[] = []
  chain.addDispatcherTail(asked('second', log, true))
  chain.addDispatcherTail(asked('third', log, true))
  chain.addDispatcherHead(asked('first', log, false))
  expect(chain.dispatch(new MPing())).toBe(true)
  expect(log).toEqual(['first', 'second'])
})

test('a message that nobody takes says so', () => {
  const { chain } = makeChain()
  const log: string[] = []
  chain.addDispatcherTail(asked('one', log, false))
  expect(chain.dispatch(new MPing())).toBe(false)
})

test('a promise is waited for before the next dispatcher is asked', async () => {
  const { chain } = makeChain()
  const log: string[] = []
  let answer: (taken: boolean) => void = () => undefined
  const later = new Promise<boolean>((resolve) => (answer = resolve))
  chain.addDispatcherTail(asked('slow', log, later))
  chain.addDispatcherTail(asked('next', log, Promise.resolve(true)))
  const taken = chain.dispatch(new MPing())
  expect(log).toEqual(['slow'])
  answer(false)
  expect(await taken).toBe(true)
  expect(log).toEqual(['slow', 'next'])
})

test('so is one of another realm', async () => {
  const { chain } = makeChain()
  const log: string[] = []
  chain.addDispatcherTail(asked('foreign', log, runInNewContext('Promise.resolve(false)') as Promise<boolean>))
  chain.addDispatcherTail(asked('next', log, true))
  const taken = chain.dispatch(new MPing())
  expect(log).toEqual(['foreign'])
  expect(await taken).toBe(true)
  expect(log).toEqual(['foreign', 'next'])
})

test('one that throws or rejects is reported, and its message counts as taken', async () => {
  const { chain, failures } = makeChain()
  const broken: Dispatcher = {
    msDispatch: () => {
      throw new Error('thrown')
    },
  }
  chain.addDispatcherTail(broken)
  expect(chain.dispatch(new MPing())).toBe(true)
  expect(failures).toEqual([{ error: new Error('thrown'), dispatcher: broken, method: 'msDispatch' }])

  const rejecting = makeChain()
  rejecting.chain.addDispatcherTail(asked('rejects', [], Promise.reject(new Error('rejected'))))
  expect(await rejecting.chain.dispatch(new MPing())).toBe(true)
  expect(rejecting.failures.map(({ error }) => error)).toEqual([new Error('rejected')])
})

test('the first that can takes a message at once; whether it belongs to the fast is asked once, when it is added', () => {
  const { chain } = makeChain()
  const log: string[] = []
  let mayBeFast = false
  const fast = (name: string): Dispatcher => ({
    ...asked(name, log, true),
    msCanFastDispatchAny: () => mayBeFast,
    msCanFastDispatch: ({ priority }) => priority > 100,
    msFastDispatch: () => log.push(`${name} fast`),
  })
  chain.addDispatcherTail(fast('never'))
  mayBeFast = true
  chain.addDispatcherTail(fast('one'))
  chain.addDispatcherTail(fast('two'))
  const message = new MPing()
  expect(chain.findFastDispatcher(message)).toBeUndefined()
  message.priority = 127
  const found = chain.findFastDispatcher(message)
  if (found !== undefined) chain.fastDispatch(message, found)
  expect(log).toEqual(['one fast'])
})

test('every fast dispatcher sees a message first, and one that throws does not hide it from the others', () => {
  const { chain, failures } = makeChain()
  const seen: string[] = []
  const sees = (name: string, fails: boolean): Dispatcher => ({
    msDispatch: () => true,
    msFastPreprocess: () => {
      seen.push(name)
      if (fails) throw new Error(name)
    },
  })
  for (const [name, fails] of [
    ['one', true],
    ['two', false],
  ] as const)
    chain.addDispatcherTail(sees(name, fails))
  chain.fastPreprocess(new MPing())
  expect(seen).toEqual(['one', 'two'])
  expect(failures).toHaveLength(1)
})

test.each([
  ['msHandleConnect', 'deliverHandleConnect'],
  ['msHandleAccept', 'deliverHandleAccept'],
  ['msHandleRemoteReset', 'deliverHandleRemoteReset'],
  ['msHandleFastConnect', 'deliverHandleFastConnect'],
  ['msHandleFastAccept', 'deliverHandleFastAccept'],
  ['msHandleAuthentication', 'deliverHandleAuthentication'],
] as const)('%s is told to all, also after one that throws', (method, deliver) => {
  const { chain, failures } = makeChain()
  const told: number[] = []
  for (const number of [1, 2, 3]) {
    chain.addDispatcherTail({
      msDispatch: () => false,
      [method]: () => {
        told.push(number)
        if (number === 1) throw new Error('broken')
      },
    })
  }
  chain[deliver](connectionNamed(1))
  expect(told).toEqual([1, 2, 3])
  expect(failures.map((failure) => failure.method)).toEqual([method])
})

test.each([
  ['msHandleReset', 'deliverHandleReset'],
  ['msHandleRefused', 'deliverHandleRefused'],
] as const)('%s is told until one answers true', (method, deliver) => {
  const { chain } = makeChain()
  const told: number[] = []
  for (const number of [1, 2, 3]) {
    chain.addDispatcherTail({
      msDispatch: () => false,
      [method]: () => {
        told.push(number)
        return number === 2
      },
    })
  }
  chain[deliver](connectionNamed(1))
  expect(told).toEqual([1, 2])
})
