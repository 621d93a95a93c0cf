import { FEATURES_ALL } from '@msgr/message'
import { expect, test } from 'vitest'
import { MCommand } from '../src/m-command.ts'
import { readFront } from './read-front.ts'
import { readGolden } from './read-golden.ts'

test('what a real client commands is read, and written back byte for byte', () => {
  const golden = readGolden('command')
  const { fields } = readFront(MCommand, golden)
  expect(fields).toMatchObject({ cmd: ['{"prefix": "version"}'], input: new Uint8Array(0) })
  expect(fields.fsid.toString()).toBe('5f43832c-0787-47d3-aa22-2c5f6c129fbe')

  const written = new MCommand({ ...fields, input: Uint8Array.of(1, 2) })
  written.encode(FEATURES_ALL)
  expect(written.front.toContiguous()).toEqual(golden)
  expect(written.data.toContiguous()).toEqual(Uint8Array.of(1, 2))
})
