import { Message } from '@msgr/message'

/** A type that the fast dispatchers of these tests do not take. */
export class MNote extends Message {
  static readonly type: number = 0x4e07
  static readonly headVersion: number = 1
  static readonly compatVersion: number = 1

  constructor() {
    super(MNote)
  }

  protected override encodePayload(): void {
    // It has nothing to say.
  }

  protected override decodePayload(): void {
    // As above.
  }
}

export function note(tid: number): MNote {
  const message = new MNote()
  message.tid = BigInt(tid)
  return message
}
