import { expect, test } from 'vitest'
import type { BenchResult } from '../src/bench-result.ts'
import { jsonReport } from '../src/json-report.ts'
import { describeMachine } from '../src/machine.ts'

const result: BenchResult = {
  suite: 'echo',
  case: '64B-d1',
  subject: 'async-messenger',
  metric: 'msgs_per_s',
  values: { median: 10, min: 5, max: 20 },
  roundCount: 5,
  ratioToNodeNet: { median: 0.5, min: 0.25, max: 0.75 },
  ratioToBestPeer: { peer: 'bl', median: 2, min: 1, max: 3 },
}

const withoutRatios: BenchResult = { ...result, ratioToNodeNet: undefined, ratioToBestPeer: undefined }
const ratioToReference = { reference: 'inline', median: 4, min: 3, max: 5 }

test('the report has the machine and a flat object for each result', () => {
  const leftOut = { suite: 'echo', subject: 'simple-messenger', reason: 'why not' }
  const report = jsonReport(describeMachine(['--quick']), [{ ...result, ratioToReference }, withoutRatios], [leftOut])
  const noPeer = { best_peer: null, ratio_to_best_peer: null, best_peer_ratio_min: null, best_peer_ratio_max: null }
  const peer = { best_peer: 'bl', ratio_to_best_peer: 2, best_peer_ratio_min: 1, best_peer_ratio_max: 3 }
  const noReference = {
    reference: null,
    ratio_to_reference: null,
    reference_ratio_min: null,
    reference_ratio_max: null,
  }
  const reference = { reference: 'inline', ratio_to_reference: 4, reference_ratio_min: 3, reference_ratio_max: 5 }
  const common = { suite: 'echo', case: '64B-d1', subject: 'async-messenger', metric: 'msgs_per_s', rounds: 5 }
  const values = { median: 10, min: 5, max: 20 }
  expect(JSON.parse(JSON.stringify(report))).toEqual({
    schema: 1,
    machine: {
      cpu: expect.any(String) as string,
      cores: expect.any(Number) as number,
      memory_bytes: expect.any(Number) as number,
      node: process.version,
      platform: process.platform,
      arch: process.arch,
      kernel: expect.any(String) as string,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      load: expect.any(Number) as number,
      command: 'npm run bench -- --quick',
    },
    results: [
      { ...common, ...values, ratio_to_node_net: 0.5, ratio_min: 0.25, ratio_max: 0.75, ...peer, ...reference },
      { ...common, ...values, ratio_to_node_net: null, ratio_min: null, ratio_max: null, ...noPeer, ...noReference },
    ],
    left_out: [leftOut],
  })
})
