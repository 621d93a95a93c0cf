import { EntityAddr, EntityName } from '@msgr/message'
import { expect, test } from 'vitest'
import { AsyncMessenger } from '../../src/index.ts'
import { fixture } from './parties.ts'

test.each([
  ['does not exist', 'no-such-file', 'no-such-file.mjs'],
  ['has no default export', 'no-default-export', 'expected a default export that makes a fast dispatcher'],
  ['has a factory that throws', 'factory-that-throws', 'out of fast dispatchers'],
])('a messenger whose fast dispatcher module %s cannot be bound, and says why', async (_, name, reason) => {
  const settings = { opThreads: 2, fastDispatcher: fixture(name) }
  const messenger = new AsyncMessenger(EntityName.osd(0), settings)
  const bind = async (): Promise<unknown> => await messenger.bind(EntityAddr.parse('v2:127.0.0.1:0'))
  const refusal = {
    name: 'MessengerError',
    code: 'ERR_MSGR_WORKER',
    message: expect.stringContaining(reason) as string,
  }
  await expect(bind()).rejects.toMatchObject(refusal)
  await expect(bind()).rejects.toMatchObject(refusal)
  await messenger.shutdown()
})
