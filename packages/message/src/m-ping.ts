import { Message } from './message.ts'

/**
 * The simplest message: an empty front. A monitor answers one with another whose front holds a JSON text, so the
 * front, like the data, is left to the application. Ceph: src/messages/MPing.h
 */
export class MPing extends Message {
  static readonly type = 2
  static readonly headVersion = 1
  static readonly compatVersion = 1

  constructor() {
    super(MPing)
  }

  protected override encodePayload(): void {
    // Nothing of its own to say: front and data travel as they were set.
  }

  protected override decodePayload(): void {
    // As above.
  }
}
