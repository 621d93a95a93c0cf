import { type MessageClass } from '@msgr/message'
import { MAuthReply } from './m-auth-reply.ts'
import { MAuth } from './m-auth.ts'
import { MConfig } from './m-config.ts'
import { MMgrMap } from './m-mgr-map.ts'
import { MMonCommandAck } from './m-mon-command-ack.ts'
import { MMonCommand } from './m-mon-command.ts'
import { MMonGetMap } from './m-mon-get-map.ts'
import { MMonGetVersionReply } from './m-mon-get-version-reply.ts'
import { MMonGetVersion } from './m-mon-get-version.ts'
import { MMonMap } from './m-mon-map.ts'
import { MMonSubscribeAck } from './m-mon-subscribe-ack.ts'
import { MMonSubscribe } from './m-mon-subscribe.ts'
import { MOSDMap } from './m-osd-map.ts'

/** What clients and monitors say to each other, both ways: for the setting `messages` of a messenger. */
export const monMessages: readonly MessageClass[] = [
  MAuth,
  MAuthReply,
  MConfig,
  MMgrMap,
  MMonCommand,
  MMonCommandAck,
  MMonGetMap,
  MMonGetVersion,
  MMonGetVersionReply,
  MMonMap,
  MMonSubscribe,
  MMonSubscribeAck,
  MOSDMap,
]
