import { Uuid } from '@msgr/bufferlist'
import { EntityAddr } from '@msgr/messenger'
import { liveWithParent } from './child-life.ts'
import { ClusterOsd } from './cluster-osd.ts'
import { LinkLedger } from './link-ledger.ts'
import { anyPort } from './messenger-choice.ts'
import type { FromOsd, OsdProcessConfig } from './process-protocol.ts'
import { seededRandom } from './seeded-random.ts'

// One OSD in a process of its own. Started by the demo with the JSON of an OsdProcessConfig.

const TELL_EVERY_MS = 100

const { fsid, monitorAddr, seed, ...rest } = JSON.parse(process.argv[2] ?? '') as OsdProcessConfig
const life = liveWithParent<FromOsd>(() => osd.stop())
const ledger = new LinkLedger()
const osd = new ClusterOsd(
  { ...rest, fsid: Uuid.parse(fsid), random: seededRandom(seed, rest.id + 1) },
  EntityAddr.parse(monitorAddr),
  {
    pingAnswered: (link, channel, rttMs) => {
      ledger.answered(link, channel, rttMs)
    },
    linkClosed: (link) => {
      ledger.close(link)
    },
    mapReceived: ({ epoch }) => {
      life.tell({ kind: 'map', epoch })
    },
    wronglyMarkedDown: (epoch) => {
      life.tell({ kind: 'wronglyMarkedDown', epoch })
    },
  },
)
setInterval(() => {
  const links = ledger.takeNews(osd.osd.links)
  if (links.length > 0) life.tell({ kind: 'links', links })
}, TELL_EVERY_MS)

const loopback = anyPort(rest.messenger)
await osd.start({ front: loopback, back: loopback })
