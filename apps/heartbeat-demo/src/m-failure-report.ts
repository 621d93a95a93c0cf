import { BufferEncoder, MalformedInputError } from '@msgr/bufferlist'
import { Message } from '@msgr/message'
import type { FailureReason } from './heartbeat-link.ts'

/** What an OSD has to say of another one. `alive` takes back what it said before. */
export type Finding = FailureReason | 'alive'

/** Findings by their numbers on the wire. */
const FINDINGS: readonly Finding[] = ['alive', 'silence', 'refused']

/** What a failure report says. */
export interface FailureReport {
  readonly target: number
  /** The epoch in which the target came up, so that the report is not taken for one of its next life. */
  readonly targetUpFrom: number
  readonly finding: Finding
  readonly failedForMs: number
}

/**
 * An OSD reports another one to the monitor; who reports says the message's source. It stands in for Ceph's MOSDFailure,
 * with the flags of that as findings.
 */
export class MFailureReport extends Message {
  static readonly type = 0x7f02
  static readonly headVersion = 1
  static readonly compatVersion = 1

  report: FailureReport

  constructor(report: FailureReport = { target: 0, targetUpFrom: 0, finding: 'alive', failedForMs: 0 }) {
    super(MFailureReport)
    this.report = report
  }

  protected override encodePayload(): void {
    const { target, targetUpFrom, finding, failedForMs } = this.report
    const encoder = new BufferEncoder()
    encoder.writeUInt32LE(target).writeUInt32LE(targetUpFrom).writeUInt8(FINDINGS.indexOf(finding))
    encoder.writeUInt32LE(Math.min(0xffff_ffff, Math.max(0, Math.floor(failedForMs))))
    this.front = encoder.toBufferList()
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    const target = cursor.readUInt32LE()
    const targetUpFrom = cursor.readUInt32LE()
    const number = cursor.readUInt8()
    const finding = FINDINGS[number]
    if (finding === undefined) {
      throw new MalformedInputError(`finding: expected 0 to ${FINDINGS.length - 1}, got ${number}`, { number })
    }
    this.report = { target, targetUpFrom, finding, failedForMs: cursor.readUInt32LE() }
  }
}
