import { Uuid } from '@msgr/bufferlist'
import { liveWithParent } from './child-life.ts'
import { choosePeers } from './choose-peers.ts'
import { anyPort } from './messenger-choice.ts'
import { MonitorService } from './monitor-service.ts'
import { summarizeMap, type FromMonitor, type MonitorProcessConfig } from './process-protocol.ts'

// A monitor in a process of its own. Started by the demo with the JSON of a MonitorProcessConfig.

const config = JSON.parse(process.argv[2] ?? '') as MonitorProcessConfig
const life = liveWithParent<FromMonitor>(() => monitor.stop())
const monitor = new MonitorService(
  { ...config, fsid: Uuid.parse(config.fsid) },
  {
    published: (map) => {
      const peers = map.upIds.map((id) => [id, choosePeers(map, id).map((peer) => peer.id)] as const)
      life.tell({ kind: 'map', map: summarizeMap(map), peers })
    },
    reported: (reporter, report, counts) => {
      life.tell({ kind: 'report', reporter, report, counts })
    },
    markedDown: ({ id, map, reporters, findings }) => {
      life.tell({ kind: 'markedDown', id, epoch: map.epoch, reporters, findings })
    },
  },
)
const addr = await monitor.start(anyPort(config.messenger))
life.tell({ kind: 'listening', addr: addr.toString() })
