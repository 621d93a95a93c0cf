import { FEATURES_ALL } from '@msgr/message'
import { expect, test } from 'vitest'
import { MCommandReply } from '../src/m-command-reply.ts'
import { readFront } from './read-front.ts'
import { readGolden } from './read-golden.ts'

test('what a real OSD answers is read, and written back byte for byte', () => {
  const golden = readGolden('command-reply')
  const { fields } = readFront(MCommandReply, golden)
  const status = "error setting 'nothing' to '1': (2) No such file or directory"
  expect(fields).toEqual({ result: -2, status, output: new Uint8Array(0) })

  const written = new MCommandReply({ ...fields, output: Uint8Array.of(3) })
  written.encode(FEATURES_ALL)
  expect(written.front.toContiguous()).toEqual(golden)
  expect(written.data.toContiguous()).toEqual(Uint8Array.of(3))
})
