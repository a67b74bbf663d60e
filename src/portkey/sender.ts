import { ServiceError } from '../errors.js'
import type { Ask } from './ask.js'
import type { Health } from './breaker.js'
import { type BreakerCounts, createBreakers, type Fault, type Probes } from './breakers.js'
import { type Clock, SYSTEM_CLOCK } from './clock.js'
import type { Failed } from './faults.js'
import type { Met } from './queues.js'
import { readReply } from './refusal.js'
import { outOfOrder, shuttingDown } from './refused-turn.js'
import type { RequestEvent } from './request-event.js'
import { BACKOFF, type Backoff, sleep, waitBefore } from './retry.js'
import { createTransport, type HttpReply, type HttpRequest, type TransportOptions } from './transport.js'
import { createTurns, MOST_IN_FLIGHT } from './turns.js'

/** How to reach one upstream, and how hard it may be asked. */
export type SenderOptions = TransportOptions & {
  /** Requests in flight at once, per key; the others wait their turn. */
  readonly concurrency: number
  /** Requests a second, per key: a ceiling. Beyond a burst of one second's worth the others wait. */
  readonly requestsPerSecond: number
  /** Epoch ms, for `sentAt` and for the dates of `Retry-After`; `Date.now` unless told. */
  readonly now?: () => number
  /** Told of every HTTP request once it has ended. */
  readonly onRequest?: (event: RequestEvent) => void
  /** How long retries wait; `BACKOFF` unless told. */
  readonly backoff?: Backoff
  /** Of turns, retries and the breakers; `SYSTEM_CLOCK` unless told. */
  readonly clock?: Clock
}

/** A reply to go on with: a success, or a 404. `sentAt`: epoch ms at which the request that brought it was sent. */
export type Sent = HttpReply & { readonly sentAt: number }

/** How the way to the upstream is. */
export type SenderState = {
  readonly breakers: BreakerCounts
  /** Requests that wait for a turn. */
  readonly queued: number
  readonly inFlight: number
}

/** Sends requests as fast as one upstream may be asked, and no further than it is worth asking. */
export type Sender = {
  /**
   * Sends a request when its turn has come, again where that may help and there is time for it. Throws the `UPSTREAM_*` error of the
   * last attempt, `OVERLOADED` when no turn comes in time, `SHUTTING_DOWN`, or the reason of the ask's signal.
   */
  send(request: HttpRequest, ask: Ask): Promise<Sent>
  state(): SenderState
  /** Ends all connections, waits and retries, at once. */
  close(): Promise<void>
}

/** The way to one upstream: turns, retries and breakers before a transport. */
export function createSender(options: SenderOptions): Sender {
  const { now = Date.now, clock = SYSTEM_CLOCK, backoff = BACKOFF, concurrency, requestsPerSecond } = options
  const transport = createTransport(options, MOST_IN_FLIGHT)
  const turns = createTurns({ concurrency, requestsPerSecond, clock })
  const underWay = new Set<AbortController>()
  const breakers = createBreakers()
  let closed = false

  function note({ key, path }: HttpRequest, health: Health, fault: Fault, probes: Probes): void {
    const moment = clock.now()
    const broken = breakers.noted({ key, path, health, fault, probes }, moment)
    if (broken === null) return
    // Nobody waits for a turn only to be refused then.
    turns.dismiss(outOfOrder(breakers.refusedFor(key, path, moment)), key, broken === 'way' ? null : path)
  }

  function checkBreakers({ key, path }: HttpRequest): void {
    const wait = breakers.refusedFor(key, path, clock.now())
    if (wait > 0) throw outOfOrder(wait)
  }

  /** Sends a request once. */
  async function sendOnce(request: HttpRequest, ask: Ask, attempt: number, queuedMs: number): Promise<Sent | Failed> {
    const probes = breakers.sending(request.key, request.path)
    const began = clock.now()
    const sentAt = now()
    let outcome: HttpReply | Failed | null = null
    ask.onSent()
    try {
      outcome = readReply(await transport.send(request, ask.signal, ask.deadline), request, now())
      return outcome.kind === 'reply' ? { ...outcome, sentAt } : outcome
    } finally {
      const failed = outcome?.kind === 'failed' ? outcome : null
      note(request, outcome === null ? 'nothing' : (failed?.health ?? 'up'), failed?.fault ?? 'endpoint', probes)
      const ms = clock.now() - began
      const { endpoint } = request
      const event = { endpoint, status: outcome?.status ?? null, attempt, queuedMs, ms }
      options.onRequest?.(event)
      ask.onEnded?.(event)
    }
  }

  async function takeTurn(request: HttpRequest, ask: Ask, attempt: number): Promise<Sent | Failed> {
    checkBreakers(request)
    const asked = clock.now()
    const leave = await turns.enter(request.key, ask, request.path)
    let outcome: Sent | Failed | null = null
    try {
      ask.signal.throwIfAborted()
      checkBreakers(request)
      outcome = await sendOnce(request, ask, attempt, clock.now() - asked)
      return outcome
    } finally {
      leave(metBy(outcome))
    }
  }

  async function deliver(request: HttpRequest, ask: Ask): Promise<Sent> {
    let last: ServiceError | null = null
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await takeTurn(request, ask, attempt).catch((error: unknown) => {
        ask.signal.throwIfAborted()
        // What the upstream itself said is worth more than why it is not asked again.
        throw last ?? error
      })
      if (outcome.kind === 'reply') return outcome
      last = outcome.error
      const wait = waitBefore(outcome, attempt, Math.random(), backoff)
      const moment = clock.now()
      if (
        wait === null ||
        moment + wait >= ask.deadline() ||
        breakers.refusedFor(request.key, request.path, moment) > wait
      )
        throw last
      await sleep(wait, ask.signal, clock)
    }
  }

  return {
    async send(request, ask) {
      if (closed) throw shuttingDown()
      ask.signal.throwIfAborted()
      checkKey(request.key)
      const life = new AbortController()
      const end = () => life.abort(ask.signal.reason)
      ask.signal.addEventListener('abort', end, { once: true })
      underWay.add(life)
      try {
        return await deliver(request, { ...ask, signal: life.signal })
      } finally {
        underWay.delete(life)
        ask.signal.removeEventListener('abort', end)
      }
    },
    state() {
      const { queued, inFlight } = turns.state()
      return { breakers: breakers.counts(clock.now()), queued, inFlight }
    },
    async close() {
      closed = true
      for (const life of underWay) life.abort(shuttingDown())
      turns.close()
      await transport.close()
    },
  }
}

function metBy(outcome: Sent | Failed | null): Met {
  if (outcome === null) return { kind: 'other' }
  if (outcome.kind === 'reply') return { kind: 'success' }
  return outcome.limited ? { kind: 'limited', waitMs: outcome.waitMs ?? 0 } : { kind: 'other' }
}

function checkKey(key: string): void {
  if (/^[\x21-\x7e]+$/.test(key)) return
  throw new ServiceError(
    'UPSTREAM_UNAUTHORIZED',
    'The Portkey key holds characters that no header can carry. Check it.',
  )
}
