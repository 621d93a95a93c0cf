import type { MessengerOptions } from '@msgr/messenger'
import type { TestContext } from 'vitest'
import { Exchange, type MessengerKind } from '../src/exchange.ts'

/** Two peers on hosts of their own, for as long as the test runs. */
export async function runningExchange(
  { onTestFinished }: TestContext,
  kind: MessengerKind,
  options: Partial<MessengerOptions> = {},
): Promise<Exchange> {
  const exchange = await Exchange.start(kind, options)
  onTestFinished(() => exchange.stop())
  return exchange
}
