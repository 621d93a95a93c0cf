import { BufferList } from '@msgr/bufferlist'
import { Message } from '@msgr/message'

/** Asks a monitor for the map of monitors. Newer peers put something into the front, which means nothing here. */
export class MMonGetMap extends Message {
  static readonly type = 5
  static readonly headVersion = 1
  static readonly compatVersion = 1

  constructor() {
    super(MMonGetMap)
  }

  protected override encodePayload(): void {
    this.front = new BufferList()
  }

  protected override decodePayload(): void {
    // Nothing that we would want to know.
  }
}
