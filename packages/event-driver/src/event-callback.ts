/**
 * What an event calls: with the descriptor for a file event, the id for a time event, 0 for an external event.
 *
 * Two events have the same callback when it is the same function object.
 * Ceph: src/msg/async/Event.h, EventCallback.
 */
export type EventCallback = (fdOrId: number) => void
