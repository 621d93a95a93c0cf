import { nextTurn } from '@msgr-tooling/vitest-preset/until'
import { NetHandler } from '@msgr/net-handler'
import { accept, close, EAGAIN, getSockName } from '@msgr/posix'

/** Two ends of a connection over 127.0.0.1, as raw descriptors that do not block. */
export async function connectedPair(): Promise<[number, number]> {
  const net = new NetHandler()
  const listener = net.listenAt({ address: '127.0.0.1', port: 0, family: 4 }, 1)
  const dialled = net.nonblockConnect(getSockName(listener))
  let accepted = accept(listener)
  while (accepted === -EAGAIN) {
    await nextTurn()
    accepted = accept(listener)
  }
  close(listener)
  return [dialled, accepted]
}
