import { EntityAddr } from '@msgr/message'
import { Attack } from './attack.ts'
import { badPeers } from './bad-peers.ts'
import type { FloodPlan } from './flood-plan.ts'
import type { FromFlood, PeersConfig, ToFlood } from './flood-protocol.ts'
import { openParentPipe } from './parent-pipe.ts'

// The peers that do harm. Started with the JSON of a PeersConfig.

const { plan, serverAddr } = JSON.parse(process.argv[2] ?? '') as PeersConfig<FloodPlan>
const parent = openParentPipe<ToFlood, FromFlood>()
const addr = EntityAddr.parse(serverAddr)
let num = 0
const attack = new Attack(plan.attackerCount, () => badPeers[plan.name](addr, num++))

parent.listen(({ kind }) => {
  if (kind === 'phase') attack.start()
  if (kind === 'report') parent.tell({ kind: 'attack', figures: attack.figures })
  if (kind === 'stopFlood') {
    attack.stop()
    parent.tell({ kind: 'floodStopped' })
  }
})
parent.tell({ kind: 'ready', addr: '' })
