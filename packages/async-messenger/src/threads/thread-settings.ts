import type { MessagePort } from 'node:worker_threads'
import type { EventDriverName } from '@msgr/event-driver'
import type { MessengerOptions } from '@msgr/messenger-core'
import type { ChannelMemory } from './channel.ts'
import type { Configuration, SharedThrottle } from './control.ts'
import type { MessageClassFacts } from './raw-message.ts'

/** What a worker's thread is started with. */
export interface ThreadSettings {
  readonly index: number
  readonly count: number
  readonly name: { readonly type: number; readonly num: number }
  readonly options: MessengerOptions
  readonly driver: EventDriverName | undefined
  /** The core that the thread is to run on. */
  readonly core: number | undefined
  readonly messages: readonly MessageClassFacts[]
  readonly fastDispatcher: { readonly module: string; readonly data: unknown } | undefined
  readonly clockOffsetMs: number
  readonly configuration: Configuration
  readonly memory: ChannelMemory
  readonly port: MessagePort
  /** The descriptor that wakes the messenger's thread. */
  readonly messengerWakeFd: number
  /** The descriptor that wakes this thread. It stays open for longer than the thread lives: others may be about to use it. */
  readonly wakeFd: number
  readonly globalSeq: Uint32Array
  readonly fdLedger: SharedArrayBuffer
  readonly dispatchThrottle: SharedThrottle
}
