import { expect, test } from 'vitest'
import { MapFeed } from '../src/map-feed.ts'

const nothing = (): void => undefined
const over = { done: true, value: undefined }

test('who begins to follow gets what there is', async () => {
  const feed = new MapFeed<number>()
  feed.publish(1)
  expect(await feed.follow(undefined, nothing).next()).toEqual({ done: false, value: 1 })
  feed.forget()
  const next = feed.follow(undefined, nothing).next()
  feed.publish(2)
  expect(await next).toEqual({ done: false, value: 2 })
  expect(feed.current).toBe(2)
})

test('each follower leaves by himself, and is told of once', async () => {
  const feed = new MapFeed<number>()
  const left: string[] = []
  const a = feed.follow(undefined, () => left.push('a'))
  const b = feed.follow(undefined, () => left.push('b'))
  await a.return?.()
  await a.return?.()
  expect([left, feed.hasFollowers]).toEqual([['a'], true])
  feed.publish(1)
  expect([await a.next(), await b.next()]).toEqual([over, { done: false, value: 1 }])
  feed.end()
  expect([await b.next(), left, feed.hasFollowers]).toEqual([over, ['a', 'b'], false])
})

test('an aborted signal ends it, also one that was aborted before', async () => {
  const feed = new MapFeed<number>()
  const controller = new AbortController()
  const values = feed.follow(controller.signal, nothing)
  const next = values.next()
  controller.abort()
  expect([await next, feed.hasFollowers]).toEqual([over, false])
  feed.publish(1)
  expect(await feed.follow(controller.signal, nothing).next()).toEqual(over)
})
