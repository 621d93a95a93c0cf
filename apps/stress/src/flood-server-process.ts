import { collectGarbage } from './collect-garbage.ts'
import type { FloodPlan } from './flood-plan.ts'
import type { FromFlood, ToFlood } from './flood-protocol.ts'
import { FloodServer } from './flood-server.ts'
import { openParentPipe } from './parent-pipe.ts'

// The server that is flooded. Started with the JSON of a FloodPlan; tells how it is when it is asked.

const server = new FloodServer(JSON.parse(process.argv[2] ?? '') as FloodPlan)
const parent = openParentPipe<ToFlood, FromFlood>()
const tellReport = (): void => {
  parent.tell({ kind: 'server', report: server.report })
}
parent.listen(({ kind }) => {
  if (kind === 'report') tellReport()
  if (kind === 'reportAtRest') void collectGarbage().then(tellReport)
})
parent.tell({ kind: 'ready', addr: await server.listen() })
