import { setTimeout as sleep } from 'node:timers/promises'
import { GOOD_PEER_COUNT, NEW_PEER_PATIENCE_MS, type FloodPlan } from './flood-plan.ts'
import type { FromFlood, GoodPeersReport, PeersConfig, Phase, ToFlood } from './flood-protocol.ts'
import { GoodPeer } from './good-peer.ts'
import { openParentPipe } from './parent-pipe.ts'
import { RoundTrips } from './round-trips.ts'

// Peers that ping the server all the while, and others that connect when they are asked to. Started with the JSON of a
// PeersConfig.

const { plan, serverAddr } = JSON.parse(process.argv[2] ?? '') as PeersConfig<FloodPlan>
const parent = openParentPipe<ToFlood, FromFlood>()
const roundTrips: Readonly<Record<Phase, RoundTrips>> = {
  before: new RoundTrips(),
  during: new RoundTrips(),
  after: new RoundTrips(),
}
// What comes first is how connections are made, and how code is compiled.
let note: (ms: number) => void = () => undefined
let nextNum = 1

function makePeer(onRoundTrip: (ms: number) => void): GoodPeer {
  return new GoodPeer(nextNum++, serverAddr, plan.messenger, onRoundTrip)
}

const peers = Array.from({ length: GOOD_PEER_COUNT }, () =>
  makePeer((ms) => {
    note(ms)
  }),
)

/** How many of so many new peers are answered in time. */
async function countNewPeers(count: number): Promise<number> {
  const attempts = Array.from({ length: count }, async () => {
    const peer = makePeer(() => undefined)
    const answered = peer.connect().then(() => peer.answered === 1)
    const isThere = await Promise.race([answered, sleep(NEW_PEER_PATIENCE_MS, false)])
    await peer.close()
    return isThere
  })
  return (await Promise.all(attempts)).filter(Boolean).length
}

function report(): GoodPeersReport {
  return {
    roundTrips: {
      before: roundTrips.before.figures,
      during: roundTrips.during.figures,
      after: roundTrips.after.figures,
    },
    sent: peers.reduce((sum, { sent }) => sum + sent, 0),
    answered: peers.reduce((sum, { answered }) => sum + answered, 0),
    breaches: peers.flatMap(({ breaches }) => breaches),
  }
}

async function follow(message: ToFlood): Promise<void> {
  switch (message.kind) {
    case 'phase': {
      const phase = roundTrips[message.phase]
      note = (ms) => {
        phase.add(ms)
      }
      return
    }
    case 'newPeers':
      parent.tell({ kind: 'newPeers', connected: await countNewPeers(message.count) })
      return
    case 'drain':
      for (const peer of peers) peer.end()
      await running
      parent.tell({ kind: 'drained' })
      return
    case 'report':
    case 'reportAtRest':
      parent.tell({ kind: 'goodPeers', report: report() })
      return
    case 'stopFlood':
  }
}

parent.listen((message) => {
  void follow(message)
})
await Promise.all(peers.map((peer) => peer.connect()))
const running = Promise.all(peers.map((peer) => peer.run()))
parent.tell({ kind: 'ready', addr: '' })
