import { MessageRegistry } from '@msgr/message'
import type { FastDispatcher } from './fast-dispatcher.ts'
import { rawClassOf } from './raw-message.ts'
import type { ThreadSettings } from './thread-settings.ts'

/** Messages that the fast dispatcher takes are decoded here, all others stay as they came. */
export function registryFor({ messages }: ThreadSettings, fast: FastDispatcher | undefined): MessageRegistry {
  const registry = new MessageRegistry(fast?.messages)
  for (const facts of messages) if (!registry.has(facts.type)) registry.register(rawClassOf(facts))
  return registry
}
