import { delimiter, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { toolCommand, toolEnvironment } from '../src/tools.mjs'
import { temporaryFolder } from './temporary-folder.ts'

test('a tool is run by this Node, whichever form its bin field has', () => {
  const root = temporaryFolder({
    'node_modules/one/package.json': '{ "name": "one", "bin": "cli.js" }',
    'node_modules/many/package.json': '{ "name": "many", "bin": { "many": "many.js", "other": "other.js" } }',
  })
  expect(toolCommand(root, 'one')).toEqual([process.execPath, join(root, 'node_modules/one/cli.js')])
  expect(toolCommand(root, 'many', 'other')).toEqual([process.execPath, join(root, 'node_modules/many/other.js')])
  expect(() => toolCommand(root, 'many', 'absent')).toThrow('many has no program named absent')
})

test('tools find this Node and the pinned pnpm first, and do not phone home', () => {
  const env = toolEnvironment('/clone', { PATH: '/usr/bin', CC: 'x' })
  expect(env['PATH']).toBe([dirname(process.execPath), join('/clone', 'node_modules/.bin'), '/usr/bin'].join(delimiter))
  expect(env).toMatchObject({ CC: 'x', TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' })
  expect(env['MSGR_MACHINE']).toContain(`node-${process.versions.node}`)
})
