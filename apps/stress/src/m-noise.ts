import { Message } from '@msgr/message'

/**
 * A message of another type and of the highest class, which pushes in before all others. Type 50, as the command that
 * Ceph's test uses so; its front and data are left to the application, like those of `MPing`.
 */
export class MNoise extends Message {
  static readonly type = 50
  static readonly headVersion = 1
  static readonly compatVersion = 1

  constructor() {
    super(MNoise)
  }

  protected override encodePayload(): void {
    // Front and data travel as they were set.
  }

  protected override decodePayload(): void {
    // As above.
  }
}
