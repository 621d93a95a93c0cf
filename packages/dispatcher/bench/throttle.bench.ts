import { bench, run, summary } from 'mitata'
import { Throttle } from '../src/index.ts'

// What it costs to take and to give back, while nobody waits: in a throttle of one thread, and in one that others share.
const LIMIT = 104_857_600
const COUNT = 1000

function wake(): void {
  throw new Error('expected nobody to wait')
}

const own = new Throttle(LIMIT)
const shared = new Throttle(LIMIT)
Throttle.attach(shared.share({ wakeFd: 0, wake }), { wakeFd: 1, wake })

summary(() => {
  for (const [name, throttle] of Object.entries({ own, shared })) {
    bench(`${COUNT} times taken and given back, ${name}`, () => {
      for (let i = 0; i < COUNT; i++) {
        if (throttle.getOrFail(100 + i)) throttle.put(100 + i)
      }
    })
  }
})

await run()
