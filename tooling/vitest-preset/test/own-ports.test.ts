import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { takePorts, type PortRange } from '../own-ports.ts'

test('ports are free, and nobody else gets them', async () => {
  const taken: PortRange[] = []
  for (let count = 0; count < 4; count++) taken.push(await takePorts())
  const ports = taken.flatMap(({ min, max }) => Array.from({ length: max - min + 1 }, (_, index) => min + index))
  expect(ports).toHaveLength(200)
  expect(new Set(ports).size).toBe(200)
  const server = createServer().listen(ports[0], '127.0.0.1')
  await once(server, 'listening')
  server.close()
})
