import { CATALOG } from '../../src/catalog/catalog.js'
import { loadConfig } from '../../src/config.js'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.js'
import { createEngine, type Engine, type Reply } from '../../src/engine.js'
import { ServiceError } from '../../src/errors.js'
import { parseQuery } from '../../src/query/parse.js'
import { principal } from '../engine/principal.js'
import { createOracle, type Oracle } from './oracle.js'
import type { Question } from './question.js'
import type { Variant } from './variants.js'

/** A variant that runs: upstream, service and oracle over the same requests at one still moment. */
export type Deployment = {
  readonly variant: Variant
  readonly oracle: Oracle
  readonly emulator: Emulator
  /** `fresh`: as a caller about whose deployment nothing is known yet. */
  ask(question: Question, fresh: boolean): Promise<Outcome>
  close(): Promise<void>
}

/** What the service made of a question. */
export type Outcome =
  | { readonly kind: 'answered'; readonly reply: Reply; readonly requests: number }
  | { readonly kind: 'refused'; readonly error: ServiceError; readonly requests: number }
  | { readonly kind: 'failed'; readonly error: unknown }

/** Starts all three. Nothing is awaited by time: the emulator's clock stands still. */
export async function deploy(variant: Variant): Promise<Deployment> {
  const { now } = variant.emulator
  const emulator = createEmulator(variant.emulator)
  const config = loadConfig({
    PORTKEY_API_KEY: variant.key,
    PORTKEY_BASE_URL: await emulator.listen(),
    API_TOKENS: 'a-token-that-nobody-uses',
    MAX_UPSTREAM_CALLS: String(variant.maxCalls),
    UPSTREAM_RPS: '10000',
    METADATA_BINDINGS: Object.entries(variant.bindings)
      .map((pair) => pair.join('='))
      .join(','),
  })
  const engine = createEngine(config, { now: () => now })
  const oracle = await createOracle(emulator.rows(), now, variant.bindings)
  let strangers = 0
  return {
    variant,
    oracle,
    emulator,
    async ask(question, fresh) {
      if (fresh) strangers += 1
      const caller = principal({
        scope: fresh ? `${variant.name} ${strangers}` : variant.name,
        upstreamKey: variant.key,
        workspace: variant.workspace,
      })
      emulator.resetRequests()
      const outcome = await outcomeOf(engine, question, caller)
      if (outcome.kind !== 'answered') await quiet(emulator)
      return outcome.kind === 'failed' ? outcome : { ...outcome, requests: emulator.requests.length }
    },
    async close() {
      await engine.close()
      await emulator.close()
      oracle.close()
    },
  }
}

async function outcomeOf(
  engine: Engine,
  question: Question,
  principal: Parameters<Engine['ask']>[1],
): Promise<Outcome> {
  try {
    const reply = await engine.ask(parseQuery(question, CATALOG), principal, { signal: new AbortController().signal })
    return { kind: 'answered', reply, requests: 0 }
  } catch (error) {
    const refused = error instanceof ServiceError && error.statusCode === 422
    return refused ? { kind: 'refused', error, requests: 0 } : { kind: 'failed', error }
  }
}

/** Waits until calls that a refusal cancelled have stopped arriving, so that they are not counted for the next question. */
async function quiet(emulator: Emulator): Promise<void> {
  for (let before = -1; before !== emulator.requests.length; ) {
    before = emulator.requests.length
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
}
