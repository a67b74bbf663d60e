import { setMaxListeners } from 'node:events'
import { LRUCache } from 'lru-cache'
import { createSecondLevel, NO_SECOND_LEVEL } from './cache/second-level.js'
import { createUpstream } from './cache/upstream.js'
import { CATALOG, type Catalog, withBindings } from './catalog/catalog.js'
import type { Config } from './config.js'
import { asLong, createAskers, credentialsOf } from './engine/asking.js'
import { createCatalogues } from './engine/catalogues.js'
import type { AskOptions, Engine, Explanation, Observer, Principal, Reply } from './engine/contract.js'
import { checkMayList, readList } from './engine/lists.js'
import { asStale, expiryOf, explainedAsStale, rowsOf, wasAsked } from './engine/replying.js'
import { explainedTo, restricted, toldTo } from './engine/restrict.js'
import { createStandings } from './engine/standing.js'
import { type CheckKey, createVouching } from './engine/vouching.js'
import { showsWorkspaceAlone } from './engine/workspace.js'
import { wrongBase } from './engine/wrong-base.js'
import { ServiceError } from './errors.js'
import { explained, explainQuestion } from './execute/explain.js'
import { createLearnt } from './execute/learnt.js'
import type { Answered, Asking } from './execute/question.js'
import { answerSliding } from './execute/sliding.js'
import { priceOf } from './plan/price.js'
import { createClient } from './portkey/client.js'
import { MissingEndpoint } from './portkey/missing.js'
import type { Query, Window } from './query/query.js'
import { VERSION } from './version.js'

export type { DataPoint } from './answer/shape.js'
export type * from './engine/contract.js'

/** Questions with a sliding window that are remembered at once. */
const MOST_SLIDES = 5_000
/** Made once: an abort without a reason makes an error with a stack of its own, each time. */
const ENDED = new Error('the question has ended')
const MEBIBYTE = 1024 * 1024
/** Of the cache's bytes, those for upstream answers; the others are for finished replies. */
const ANSWERS_SHARE = 0.75

/** What an engine may be given beside its settings. */
export type EngineParts = {
  /** The clock, epoch ms. */
  readonly now?: () => number
  /** What can be asked; it answers questions that were parsed with the same. */
  readonly tables?: Catalog
  /** Told when Redis comes and goes, and why. */
  readonly onRedis?: (up: boolean, reason: string) => void
  readonly observe?: Observer
}

/** An engine over one upstream. */
export function createEngine(config: Config, parts: EngineParts = {}): Engine {
  const { now = Date.now, tables = CATALOG, observe } = parts
  const catalog = withBindings(tables, config.metadataBindings)
  const client = createClient({
    baseUrl: config.portkeyBaseUrl,
    timeoutMs: config.upstreamTimeoutMs,
    concurrency: config.upstreamConcurrency,
    requestsPerSecond: config.upstreamRps,
    version: VERSION,
    now,
    ...(observe && { onRequest: observe.onUpstream }),
    ...(config.upstreamProxy !== null && { proxyUrl: config.upstreamProxy }),
  })
  let redisUp = config.redisUrl === null ? null : false
  const onState = (up: boolean, reason: string) => {
    redisUp = up
    parts.onRedis?.(up, reason)
  }
  const second = config.redisUrl === null ? NO_SECOND_LEVEL : createSecondLevel(config.redisUrl, { onState })
  const upstream = createUpstream({
    fetch: client.fetch,
    second,
    policy: {
      settleMs: config.settleSeconds * 1000,
      liveTtlMs: config.liveTtlSeconds * 1000,
      staleMaxMs: config.staleMaxSeconds * 1000,
    },
    maxBytes: Math.floor(config.cacheMaxMb * MEBIBYTE * ANSWERS_SHARE),
    patienceMs: config.upstreamTimeoutMs,
    now,
  })
  const learnt = createLearnt(second, now)
  const catalogues = createCatalogues(catalog, config.retentionDays, config.maxUpstreamCalls)
  const slides = new LRUCache<string, Window>({ max: MOST_SLIDES })
  const standings = createStandings(config.staleMaxSeconds * 1000, now)

  const { ping, askOf, askingOf } = createAskers(config, { catalog, client, upstream, learnt, observe, now })

  const answer = async (query: Query, principal: Principal, options: AskOptions, traced: boolean): Promise<Answer> => {
    const began = performance.now()
    // Once one call has failed the others are pointless.
    const own = new AbortController()
    const joined = AbortSignal.any([options.signal, own.signal])
    // Every call of the question listens to it.
    setMaxListeners(0, joined)
    const ask = askOf(principal, options, joined)
    const scope = { scope: principal.scope, key: principal.upstreamKey }
    await learnt.recall(scope)
    const before = learnt.get(principal.scope)
    let missed = false
    try {
      const base = askingOf(principal, ask, options.refresh ?? false)
      const fetch: Asking['fetch'] = (call, notBefore) =>
        base.fetch(call, notBefore).catch((error: unknown) => {
          missed ||= error instanceof MissingEndpoint
          throw error
        })
      const asking = { ...base, fetch }
      const answered = await answerSliding(query, { ...asking, traced }, principal.scope, slides)
      const asked = performance.now()
      const { dataPoints, columns } = rowsOf(query, answered, catalog, config.maxRows)
      const shaped = performance.now()
      const reply = {
        data: { dataPoints },
        columns,
        upstreamCalls: ask.sent(),
        price: priceOf(answered.plan).calls,
        cache: answered.parts.cache,
        oldestAt: answered.parts.oldestAt,
        expiresAt: expiryOf(query, answered, asking),
        settledUntil: Math.min(now(), answered.parts.live?.oldest ?? now()) - config.settleSeconds * 1000,
        timing: { planMs: answered.planMs, upstreamMs: asked - began - answered.planMs, shapeMs: shaped - asked },
      }
      return { reply, answered }
    } catch (error) {
      // A refusal that rests on a 404 stands only if the deployment is there at all; a passing fault teaches nothing.
      if (missed && error instanceof ServiceError && error.code === 'UNSUPPORTED_BY_UPSTREAM') {
        await ping(credentialsOf(principal), asLong(ask)).catch((reason: unknown) => {
          learnt.set(principal.scope, before)
          throw reason instanceof MissingEndpoint ? wrongBase() : reason
        })
      }
      throw error
    } finally {
      own.abort(ENDED)
      learnt.tell(scope, before)
    }
  }

  const checkKey: CheckKey = (principal, { signal, deadline }, onSent) => {
    const { upstreamKey, workspace, standing, scope } = principal
    // Several may wait for it: it takes turns of its own, not those of whoever happened to come first.
    const ask = { signal, deadline, onSent, lane: {}, share: `vouching ${scope}` }
    return workspace === null || standing !== 'bound'
      ? ping(credentialsOf(principal), ask)
      : showsWorkspaceAlone(client, { key: upstreamKey, workspace }, ask, now())
  }
  const { vouch, vouched } = createVouching(standings, checkKey, { timeoutMs: config.requestTimeoutMs, now })

  return {
    vouch,
    isVouched: standings.isGood,
    wasVouched: standings.wasGood,

    ask: (asked, principal, options) =>
      vouched(
        principal,
        options,
        async () => (await answer(restricted(asked, principal), principal, options, false)).reply,
        { tookKey: wasAsked, marked: asStale },
      ),

    async explain(asked, principal, mode, options) {
      // The bare plan shows nothing of the data, so nothing has to be asked for it.
      if (mode === 'plan') {
        try {
          const asking = askingOf(principal, askOf(principal, options, options.signal), false)
          const bare = explainQuestion(restricted(asked, principal), asking)
          return explainedTo(principal, { ...bare, analyzed: null })
        } catch (error) {
          throw toldTo(principal, error)
        }
      }
      const analyze = async (): Promise<Explanation> => {
        const { reply, answered } = await answer(restricted(asked, principal), principal, options, true)
        return { ...explained(answered.plan, answered.trace), analyzed: { reply, repairs: answered.repairs } }
      }
      const tookKey = ({ analyzed }: Explanation) => analyzed !== null && wasAsked(analyzed.reply)
      return explainedTo(principal, await vouched(principal, options, analyze, { tookKey, marked: explainedAsStale }))
    },

    async read(resource, page, principal, options) {
      checkMayList(principal)
      const read = () => readList(client, resource, page, principal, asLong(askOf(principal, options, options.signal)))
      return vouched(principal, options, read, { tookKey: () => true, marked: (list) => list })
    },

    async catalogue({ scope, upstreamKey, restriction }) {
      await learnt.recall({ scope, key: upstreamKey })
      const whole = await catalogues(learnt.get(scope), now())
      const { datasources } = whole
      return restriction === null
        ? whole
        : { ...whole, datasources: datasources.filter(({ name }) => restriction.has(name)) }
    },

    async probe(principal, signal) {
      try {
        await ping(credentialsOf(principal), asLong(askOf(principal, { signal }, signal)))
        return { ready: true }
      } catch (error) {
        const known = error instanceof MissingEndpoint ? wrongBase() : error
        if (known instanceof ServiceError) return { ready: false, reason: known.message, code: known.code }
        return { ready: false, reason: 'Portkey was not asked in time.' }
      }
    },

    state: () => ({ ...client.state(), answerBytes: upstream.bytes(), redisUp }),

    async close() {
      upstream.close()
      await Promise.all([client.close(), second.close()])
    },
  }
}

type Answer = { readonly reply: Reply; readonly answered: Answered }
