/**
 * What one member of the workspace may import of the others.
 *
 * @typedef {object} ImportRow
 * @property {string} dir
 * @property {readonly string[]} mayImport short names of folders in packages/
 * @property {readonly string[]} [external] packages from outside the workspace that it may depend on at run time
 * @property {readonly string[]} [apps] short names of applications whose messages it may import
 * @property {boolean} [isFreeOfNode] true for a package that must not import any module of Node
 * @property {boolean} [mayImportCrypto] true for a package that may import node:crypto
 */

const PACKAGES_OF_A_MESSENGER = ['bufferlist', 'message', 'msgr-protocol', 'messenger-core']

/**
 * Who may import whom, the lowest first: a package imports only from rows above its own, and only what its row lists.
 * The applications and the tooling that imports packages stand below the packages.
 *
 * @type {readonly ImportRow[]}
 */
export const importTable = [
  { dir: 'packages/bufferlist', mayImport: [] },
  { dir: 'packages/prioritized-queue', mayImport: [] },
  { dir: 'packages/posix', mayImport: [], external: ['node-gyp-build'] },
  { dir: 'packages/event-driver', mayImport: ['posix'] },
  { dir: 'packages/net-handler', mayImport: ['posix'] },
  { dir: 'packages/message', mayImport: ['bufferlist'] },
  { dir: 'packages/msgr-protocol', mayImport: ['bufferlist', 'message'], isFreeOfNode: true },
  { dir: 'packages/dispatcher', mayImport: ['prioritized-queue', 'message'] },
  { dir: 'packages/messenger-core', mayImport: ['bufferlist', 'message', 'msgr-protocol', 'dispatcher'] },
  { dir: 'packages/auth', mayImport: ['bufferlist', 'message'], mayImportCrypto: true },
  { dir: 'packages/simple-messenger', mayImport: PACKAGES_OF_A_MESSENGER },
  { dir: 'packages/async-messenger', mayImport: [...PACKAGES_OF_A_MESSENGER, 'event-driver', 'net-handler', 'posix'] },
  {
    dir: 'packages/messenger',
    mayImport: ['message', 'dispatcher', 'messenger-core', 'simple-messenger', 'async-messenger'],
  },
  {
    dir: 'packages/mon-client',
    mayImport: ['bufferlist', 'message', 'dispatcher', 'messenger-core', 'messenger', 'auth'],
  },
  { dir: 'apps/heartbeat-demo', mayImport: ['bufferlist', 'message', 'dispatcher', 'messenger', 'auth'] },
  {
    dir: 'apps/bench-runner',
    mayImport: [
      'bufferlist',
      'prioritized-queue',
      'posix',
      'event-driver',
      'net-handler',
      'message',
      'msgr-protocol',
      'dispatcher',
      'messenger',
      'auth',
    ],
    apps: ['heartbeat-demo'],
  },
  { dir: 'apps/ceph-status', mayImport: ['auth', 'mon-client'] },
  { dir: 'apps/stress', mayImport: ['bufferlist', 'message', 'msgr-protocol', 'messenger', 'auth'] },
  { dir: 'tooling/messenger-compliance', mayImport: [...PACKAGES_OF_A_MESSENGER, 'dispatcher'] },
  { dir: 'tooling/fuzz', mayImport: [...PACKAGES_OF_A_MESSENGER, 'auth'], apps: ['heartbeat-demo'] },
  {
    dir: 'tooling/interop',
    mayImport: [...PACKAGES_OF_A_MESSENGER, 'dispatcher', 'messenger', 'auth', 'mon-client'],
    apps: ['heartbeat-demo'],
  },
  { dir: 'tooling/hosts', mayImport: ['bufferlist', 'messenger'] },
]

/**
 * The table as Markdown, for CONTRIBUTING.md.
 *
 * @param {readonly ImportRow[]} table
 */
export function renderImportTable(table) {
  const rows = table.map((row) => {
    const remarks = [...row.mayImport.map((name) => `\`${name}\``)]
    if (row.apps !== undefined) remarks.push(...row.apps.map((name) => `\`${name}\` (an application)`))
    if (row.external !== undefined) remarks.push(...row.external.map((name) => `\`${name}\` (from npm)`))
    const imports = remarks.length > 0 ? remarks.join(', ') : 'nothing'
    return `| \`${row.dir}\` | ${imports}${row.isFreeOfNode === true ? '; no `node:` module' : ''} |`
  })
  return ['| member | may import |', '| --- | --- |', ...rows].join('\n')
}
