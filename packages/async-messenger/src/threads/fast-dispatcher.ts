import type { MessageClass } from '@msgr/message'
import type { Dispatcher } from '@msgr/messenger-core'

/** What a fast dispatcher is told of where it is. */
export interface FastDispatcherContext {
  /** Which of the messenger's workers this is, from 0, and how many there are. */
  readonly workerIndex: number
  readonly workerCount: number
  /** What the messenger was given as `fastDispatcherData`, cloned as for `postMessage`. */
  readonly data: unknown
}

/**
 * The part of a dispatcher that runs on the workers, one object on each. It gets its messages, and may answer them with
 * `message.connection.sendMessage`, without the messenger's thread having any part in it. It must return soon: all
 * connections of the worker wait for it. If it throws, the worker fails: its connections are closed, and another takes
 * its place.
 *
 * Ceph: src/msg/Dispatcher.h, ms_fast_dispatch, which runs on the worker's thread there too
 */
export interface FastDispatcher extends Pick<
  Dispatcher,
  'msCanFastDispatch' | 'msHandleFastConnect' | 'msHandleFastAccept'
> {
  /** The classes of messages that it takes. All others go to the messenger's thread, which decodes them. */
  readonly messages: Iterable<MessageClass>
  msFastDispatch: NonNullable<Dispatcher['msFastDispatch']>
}

/** The default export of a fast dispatcher's module: called once on each worker. */
export type FastDispatcherFactory = (context: FastDispatcherContext) => FastDispatcher | Promise<FastDispatcher>
