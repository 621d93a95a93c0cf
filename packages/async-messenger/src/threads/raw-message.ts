import { Message, type MessageClass } from '@msgr/message'

/** What another thread has to know of a class to let its messages through. */
export interface MessageClassFacts {
  readonly name: string
  readonly type: number
  readonly headVersion: number
  readonly compatVersion: number
}

/** What is known of a class, as plain data. */
export function factsOf({ name, type, headVersion, compatVersion }: MessageClass): MessageClassFacts {
  return { name, type, headVersion, compatVersion }
}

/** A message whose fields nobody reads here: its payload is what came, or what goes out. */
export class RawMessage extends Message {
  constructor({ type, headVersion, compatVersion }: Omit<MessageClassFacts, 'name'>) {
    super({ type, headVersion, compatVersion })
  }

  protected override encodePayload(): void {
    // It came encoded.
  }

  protected override decodePayload(): void {
    // It stays encoded.
  }
}

/** A class that reads messages of a type as raw ones, and refuses those that the real class would refuse. */
export function rawClassOf(facts: MessageClassFacts): MessageClass<RawMessage> {
  const rawClass = class extends RawMessage {
    static readonly type = facts.type
    static readonly headVersion = facts.headVersion
    static readonly compatVersion = facts.compatVersion

    constructor() {
      super(facts)
    }
  }
  // Errors name the class that is meant.
  Object.defineProperty(rawClass, 'name', { value: facts.name })
  return rawClass
}
