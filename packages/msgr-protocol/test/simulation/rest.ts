import { Conversation } from '../network/conversation.ts'
import { nameOf, hostOf, hostOfAddr, peerOf } from './parties.ts'
import type { Stage } from './stage.ts'

/** The network has been perfect for long: whoever is still busy will be so for ever. */
export function checkQuiet(stage: Stage): void {
  const { journal, clock } = stage
  const live = stage.allHosts.flatMap((host) => host.conversations.filter(({ session }) => session.state !== 'closed'))
  for (const conversation of live) {
    const { session } = conversation
    if (session.state !== 'open' && session.state !== 'standby') {
      journal.breaks(`${nameOf(conversation)} is still ${session.state}`)
    }
    if (session.state === 'standby' && session.deadline !== undefined) {
      journal.breaks(`${nameOf(conversation)} stands by, and wants to be woken at ${session.deadline} ms`)
    }
    const { policy, peerAddr } = session.facts
    const mayDial = !policy.server && peerAddr.port !== 0
    if (session.state === 'standby' && mayDial && session.queue.length > 0) {
      journal.breaks(`${nameOf(conversation)} stands by, with ${session.queue.length} messages to send`)
    }
    if (session.nextEvent() !== undefined) journal.breaks(`${nameOf(conversation)} has events that nobody was given`)
  }
  // Each open session waits for the silence that is too long, and nothing else waits for anything.
  const openCount = live.filter(({ session }) => session.state === 'open').length
  if (clock.taskCount !== openCount) {
    journal.breaks(`${clock.taskCount} timers are armed, for ${openCount} open sessions`)
  }
}

/** All have been spoken to again: both ends of each session are open, and owe each other nothing. */
export function checkSettled(stage: Stage): void {
  for (const host of stage.allHosts) {
    for (const conversation of host.conversations) {
      if (conversation.session.state !== 'closed') checkPairing(stage, conversation)
      // They may lie in memory that a transport has read into, for as long as somebody holds them.
      for (const note of conversation.received) {
        if (!note.isIntact)
          stage.journal.breaks(`${nameOf(conversation)}: message ${note.id} changed after it had come`)
      }
    }
  }
}

function checkPairing(stage: Stage, conversation: Conversation): void {
  const { journal } = stage
  const { session, link, host } = conversation
  const { peerAddr, connectSeq, lossy, policy } = session.facts
  const name = nameOf(conversation)
  if (!peerAddr.equals(stage.currentAddr(hostOfAddr(peerAddr)))) {
    journal.breaks(`${name} is a session with a process that is gone`)
    return
  }
  const { length, sentCount } = session.queue
  if (session.state !== 'open') journal.breaks(`${name} is not open, but ${session.state}`)
  if (length > 0 || sentCount > 0) journal.breaks(`${name} has ${length} messages queued, ${sentCount} unacknowledged`)
  if (session.wantsOutput) journal.breaks(`${name} has something to write, and does not`)
  const isAnonymous = policy.server && lossy && !policy.registerLossyClients
  if (!isAnonymous && host.find(peerAddr) !== conversation) journal.breaks(`${name} is open, but not to be found`)
  const other = link?.peer?.user
  if (!(other instanceof Conversation) || other.session.state !== 'open') {
    journal.breaks(`${name} is open, but not at the other end of its link`)
    return
  }
  if (hostOf(other) !== peerOf(conversation) || other.session.facts.connectSeq !== connectSeq) {
    journal.breaks(`${name} has connect seq ${connectSeq}, but ${nameOf(other)} ${other.session.facts.connectSeq}`)
  }
}
