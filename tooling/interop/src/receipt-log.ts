import { open } from 'node:fs/promises'

/** What a daemon has heard of one of ours, as it tells in its log. */
export interface Receipts {
  readonly wire: 'v1' | 'v2'
  /** How it says that frames came: `crc` or `secure` in version 2; version 1 does not say. */
  readonly modes: ReadonlySet<string>
  /** How many there were of each kind of message, by Ceph's names: `osd_ping`. */
  readonly counts: ReadonlyMap<string, number>
  /** Version 2: the revisions in which sessions were opened. */
  readonly revisions: ReadonlySet<string>
}

interface Tally {
  readonly wire: 'v1' | 'v2'
  readonly modes: Set<string>
  readonly counts: Map<string, number>
  readonly revisions: Set<string>
}

const CHUNK_SIZE = 1 << 20

/** The log of a daemon with `debug_ms = 1`, where each message that it receives has a line. It is read only once. */
export class ReceiptLog {
  readonly #path: string
  readonly #tallies = new Map<number, Tally>()
  #position = 0
  #rest = ''
  #reading: Promise<void> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
  }

  /** What has been received so far from the messenger with this nonce. */
  async of(nonce: number): Promise<Receipts | undefined> {
    this.#reading = this.#reading.then(() => this.#readOn())
    await this.#reading
    return this.#tallies.get(nonce)
  }

  async #readOn(): Promise<void> {
    const file = await open(this.#path)
    try {
      const chunk = Buffer.allocUnsafe(CHUNK_SIZE)
      for (;;) {
        const { bytesRead } = await file.read(chunk, 0, CHUNK_SIZE, this.#position)
        if (bytesRead === 0) return
        this.#position += bytesRead
        // Message names, addresses and numbers are ASCII; what else there may be does not matter.
        const lines = (this.#rest + chunk.toString('latin1', 0, bytesRead)).split('\n')
        this.#rest = lines.pop() ?? ''
        for (const line of lines) this.#read(line)
      }
    } finally {
      await file.close()
    }
  }

  #read(line: string): void {
    if (line.includes('.ready entity=')) this.#readOpening(line)
    else this.#readReceipt(line)
  }

  /** `… >> v2:[::1]:6802/1011 conn(0x7f 0x7f secure :-1 s=READY pgs=1 cs=0 l=0 rev1=1 …).ready entity=osd.1 …` */
  #readOpening(line: string): void {
    const found = / >> (\S+)\/(\d+) conn\(.* rev1=(\d) /.exec(line)
    if (found === null) return
    const [, addr = '', nonce = '', hasRevision1 = ''] = found
    this.#tallyOf(addr, Number(nonce)).revisions.add(hasRevision1 === '0' ? '2.0' : '2.1')
  }

  /** `… <== osd.1 v2:[::1]:6802/1011 1 ==== command(tid 1: …) v1 ==== 44+0+0 (secure 0 0 0) …` */
  #readReceipt(line: string): void {
    const found = / <== \S+ (\S+)\/(\d+) \d+ ==== (\w+).* ==== \S+ \((\w+) /.exec(line)
    if (found === null) return
    const [, addr = '', nonce = '', kind = '', mode = ''] = found
    const tally = this.#tallyOf(addr, Number(nonce))
    tally.modes.add(mode)
    tally.counts.set(kind, (tally.counts.get(kind) ?? 0) + 1)
  }

  #tallyOf(addr: string, nonce: number): Tally {
    const known = this.#tallies.get(nonce)
    if (known !== undefined) return known
    const wire = addr.startsWith('v1:') ? 'v1' : 'v2'
    const tally: Tally = { wire, modes: new Set(), counts: new Map(), revisions: new Set() }
    this.#tallies.set(nonce, tally)
    return tally
  }
}
