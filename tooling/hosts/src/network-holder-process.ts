import { HostNetwork } from './host-network.ts'

// Makes hosts, on one of which a program runs, tells that program's pid, and waits to be ended.

const network = await HostNetwork.create(2)
const program = network.host(1).spawn('sleep', ['600'])
program.once('spawn', () => {
  process.stdout.write(`${program.pid}\n`)
})
