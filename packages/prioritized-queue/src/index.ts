export {
  PrioritizedQueue,
  type PrioritizedQueueDump,
  type PrioritizedQueueLimits,
  type PrioritizedQueueOptions,
  type SubQueueDump,
} from './prioritized-queue.ts'
export { type OpQueue } from './op-queue.ts'
export { type CompareKeys } from './ordered-list.ts'
export { EmptyQueueError, QueueArgumentError } from './errors.ts'
