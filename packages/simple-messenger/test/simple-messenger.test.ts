import { EntityAddr, EntityName, EntityType, MPing } from '@msgr/message'
import { expect, test } from 'vitest'
import { SimpleMessenger } from '../src/index.ts'

test('computes checksums with what it is given for it', async () => {
  const lengths: number[] = []
  const tools = {
    // No checksum at all, so that only two ends which both have this agree.
    crc32c: (bytes: Uint8Array, ...[, start = 0, end = bytes.length]: (number | undefined)[]): number => {
      lengths.push(end - start)
      return 7
    },
  }
  const server = new SimpleMessenger(EntityName.osd(0), {}, tools)
  const client = new SimpleMessenger(EntityName.client(1), {}, tools)
  const arrived = new Promise<void>((resolve) => {
    server.addDispatcherHead({
      msDispatch: () => {
        resolve()
        return true
      },
    })
  })
  const addr = await server.bind(EntityAddr.parse('v1:127.0.0.1:0'))
  client.getConnection({ type: EntityType.osd, addr }).sendMessage(new MPing())
  await arrived
  // The header of the message, without its crc.
  expect(lengths).toContain(49)
  await Promise.all([server.shutdown(), client.shutdown()])
})
