import { ClientRole } from './client-role.ts'
import { FaultLog } from './fault-log.ts'
import { openParentPipe } from './parent-pipe.ts'
import { Payloads } from './payloads.ts'
import type { FromProcess, ProcessFigures, StressProcessConfig, ToProcess } from './process-protocol.ts'
import { RunRecord } from './run-record.ts'
import { ServerRole } from './server-role.ts'

// One process of the stress, with a share of its clients or of its servers. Started with the JSON of its config.

const TELL_EVERY_MS = 200
const BYTES_PER_KIB = 1024

const config = JSON.parse(process.argv[2] ?? '') as StressProcessConfig
const record = new RunRecord()
const log = new FaultLog(() => {
  record.figures.cuts++
})
const parent = openParentPipe<ToProcess, FromProcess>()
const payloads = new Payloads(config.plan.seed, config.plan.payload)
const tell = (message: FromProcess): void => {
  parent.tell(message)
}
const parts = { config, payloads, record, log, tell }
const role = config.role === 'server' ? new ServerRole(parts) : new ClientRole(parts)

function measure(): ProcessFigures {
  const peakRssBytes = process.resourceUsage().maxRSS * BYTES_PER_KIB
  return { figures: record.figures, rssBytes: process.memoryUsage.rss(), peakRssBytes }
}

async function follow(message: ToProcess): Promise<void> {
  switch (message.kind) {
    case 'begin':
      await role.begin(message.serverAddrs)
      return
    case 'drop':
      role.drop(message.stream)
      return
    case 'report': {
      const { breaches, breachCount } = record
      const { counts, missing } = role
      const lines = [...breaches, ...missing.lines]
      const report = { ...measure(), breaches: lines, breachCount, missingCount: missing.count, counts }
      tell({ kind: 'report', report })
      return
    }
    case 'describe':
      tell({ kind: 'description', lines: [...role.describe(), ...log.lines] })
      return
    case 'end':
      tell({ kind: 'ended', leftCount: await role.shutdown() })
      process.exit(0)
  }
}

parent.listen((message) => {
  void follow(message)
})
setInterval(() => {
  tell({ kind: 'figures', figures: measure() })
}, TELL_EVERY_MS)
tell({ kind: 'ready', addrs: await role.prepare() })
