import type { Test } from 'tap'
import type { Environment } from '../../src/config.js'
import { createEmulator } from '../../src/emulator/emulator.js'
import { sameRows } from '../engine/scan.js'
import { type Asked, deploy, HOUR, NOW, type Whole } from '../engine/service.js'
import { type FaultQuestion, momentOf, STALE_MAX_MS } from './fault-questions.js'

/** What is held of a question when it is asked: nothing, good answers, expired ones, expired ones that are too old. */
export type State = 'cold' | 'warm' | 'stale' | 'gone'
/** What had just settled is good for so long, and stands in after that. */
const GOOD_FOR_MS = 3 * HOUR
export const STATES: readonly State[] = ['cold', 'warm', 'stale', 'gone']

/** A question asked of a service in some state. */
export type Played = {
  readonly service: Whole
  readonly asked: Asked
  /** The upstream's clock when it was asked, epoch ms. */
  readonly now: number
  /** Requests that reached the upstream until the reply was there. */
  readonly arrived: number
}

/** Nothing takes longer than this; far beyond what anything may take. */
const BOUND_MS = 30_000
const WARM_MS = 5_000

/** Two days of traffic and some hours to come, made once. */
const ROWS = createEmulator({ now: NOW + 2 * STALE_MAX_MS, historyDays: 2.5, requestsPerHour: 60 }).rows()

const SETTINGS = {
  REQUEST_TIMEOUT_MS: '10000',
  UPSTREAM_TIMEOUT_MS: '4000',
  STALE_MAX_SECONDS: String(STALE_MAX_MS / 1000),
}

/** The whole service of one cell, with so much held of the question as the state says; the clock stands where it is to be asked. */
export async function inState(
  t: Test,
  { body, staleAfter }: FaultQuestion,
  state: State,
  env: Environment = {},
): Promise<Whole> {
  const service = await deploy(t, { rows: ROWS }, { ...SETTINGS, ...env })
  if (state === 'cold') return service
  const primed = await service.ask(body)
  if (primed.status !== 200) throw new Error(`nothing could be held: ${primed.text}`)
  const later = { warm: WARM_MS, stale: staleAfter, gone: GOOD_FOR_MS + STALE_MAX_MS + 60_000 }
  service.emulator.setNow(NOW + later[state])
  return service
}

/** Asks, and counts what that sends. */
export async function play(service: Whole, { body }: FaultQuestion): Promise<Played> {
  service.emulator.resetRequests()
  const asked = await inTime(service.ask(body))
  return { service, asked, now: service.emulator.now(), arrived: service.emulator.requests.length }
}

/** Fails when something hangs. */
export async function inTime<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no reply within ${BOUND_MS} ms`)), BOUND_MS)
  })
  try {
    return await Promise.race([work, hangs])
  } finally {
    clearTimeout(timer)
  }
}

export type Expected = {
  /** What `x-cache` may be. */
  readonly cache: readonly ('hit' | 'partial' | 'miss' | 'stale')[]
  /** Moment of the oldest part, epoch ms; left out: any of those at which the upstream was asked. */
  readonly moment?: number
  /** Moment of its unsettled numbers; left out: that of the oldest part where nothing was asked, else the present. */
  readonly unsettledOf?: number
}

/** Checks that a question was answered with the right numbers of the moment that it says they are of. */
export function checkAnswered(
  t: Test,
  played: Played,
  question: FaultQuestion,
  expected: Expected,
  name: string,
): void {
  const { service, asked, now } = played
  const { headers } = asked
  t.equal(asked.status, 200, `${name}: ${asked.code} ${asked.message}`)
  const cache = expected.cache.find((one) => one === headers.get('x-cache'))
  t.ok(cache, `${name}: x-cache ${headers.get('x-cache')}`)
  t.equal(headers.get('warning'), cache === 'stale' ? '110 - "Response is Stale"' : null, `${name}: warning`)
  t.equal(headers.get('retry-after'), null, `${name}: retry-after`)
  const moment = momentOf(headers.get('age'), now, [now, NOW])
  if (expected.moment !== undefined) t.equal(moment, expected.moment, `${name}: age ${headers.get('age')}`)
  // What is fresh was asked for now, but for settled parts, which are the same at any moment.
  const of = expected.unsettledOf ?? (cache === 'stale' || cache === 'hit' ? moment : now)
  sameRows(t, asked.rows, question.rows(service.emulator, of), `${name}: rows`)
}

/** Checks that a reply says how many requests it took. */
export function checkCount(t: Test, { asked, arrived }: Played, name: string): void {
  t.equal(asked.headers.get('x-upstream-calls'), String(arrived), `${name}: x-upstream-calls`)
}

/** The same where some requests are cancelled on their way, or sent on after the reply: `most` bounds what was sent before it. */
export function checkCountWithin(t: Test, { asked }: Played, least: number, most: number, name: string): void {
  const said = Number(asked.headers.get('x-upstream-calls') ?? Number.NaN)
  t.ok(said >= least && said <= most, `${name}: x-upstream-calls ${said}, between ${least} and ${most}`)
}

/** Checks that a question was refused in the one shape, with no rows. */
export function checkFailed(
  t: Test,
  { asked }: Played,
  error: { readonly status: number; readonly code: string; readonly retryAfter: RegExp | null },
  name: string,
): void {
  t.equal(asked.status, error.status, `${name}: status`)
  t.equal(asked.code, error.code, `${name}: ${asked.message}`)
  t.strictSame(asked.rows, [], `${name}: no rows`)
  t.equal(asked.headers.get('x-cache'), 'miss', `${name}: x-cache`)
  t.equal(asked.headers.get('age'), null, `${name}: age`)
  t.equal(asked.headers.get('warning'), null, `${name}: warning`)
  const wait = asked.headers.get('retry-after')
  if (error.retryAfter === null) t.equal(wait, null, `${name}: retry-after`)
  else t.match(wait, error.retryAfter, `${name}: retry-after`)
}
