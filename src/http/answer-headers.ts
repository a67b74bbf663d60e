import type { FastifyReply } from 'fastify'
import type { Format, HeldReply } from '../cache/replies.js'
import type { Reply } from '../engine.js'
import type { Given } from './answering.js'
import { CSV_TYPE } from './csv.js'

const TYPES: Readonly<Record<Format, string>> = { json: 'application/json; charset=utf-8', csv: CSV_TYPE }
/** By what else than the question itself an answer differs. */
export const ANSWER_VARIES = 'accept, accept-encoding'
/** Nothing was planned, asked or shaped. */
const NO_TIME = 'plan;dur=0.0, upstream;dur=0.0, shape;dur=0.0'

/** What a reply says about itself, in headers: the body is data alone. `now` is epoch ms. */
export const describe = (
  reply: FastifyReply,
  given: Pick<Given, 'cache' | 'oldestAt' | 'settledUntil' | 'upstreamCalls' | 'timing'> &
    Partial<Pick<Given, 'format'>>,
  now: number,
): void => {
  describeRead(reply, given, now)
  reply.header('x-settled-until', new Date(given.settledUntil).toISOString())
}

/** The same of a reply that is no question's, so that nothing in it settles. */
export const describeRead = (
  reply: FastifyReply,
  given: Pick<Given, 'cache' | 'oldestAt' | 'upstreamCalls' | 'timing'> & Partial<Pick<Given, 'format'>>,
  now: number,
): void => {
  const { planMs, upstreamMs, shapeMs } = given.timing
  reply.headers({
    'content-type': TYPES[given.format ?? 'json'],
    'x-upstream-calls': String(given.upstreamCalls),
    'x-cache': given.cache,
    age: ageSeconds(given, now),
    'server-timing': `plan;dur=${planMs.toFixed(1)}, upstream;dur=${upstreamMs.toFixed(1)}, shape;dur=${shapeMs.toFixed(1)}`,
  })
  if (given.cache === 'stale') reply.header('warning', '110 - "Response is Stale"')
}

/** The same of a reply that was held and is good, as names and values in turn: what Node writes fastest. */
export const heldHeaderList = (held: HeldReply, now: number): string[] => [
  'content-type',
  TYPES[held.format],
  'x-upstream-calls',
  '0',
  'x-cache',
  'hit',
  'age',
  ageSeconds(held, now),
  'x-settled-until',
  settledText(held),
  'server-timing',
  NO_TIME,
]

/** Adds to what a reply is said to differ by. */
export const addVary = (reply: FastifyReply, names: string): void => {
  const said = reply.getHeader('vary')
  reply.header('vary', said === undefined ? names : `${said}, ${names}`)
}

/** Said with every hit, made once. */
const settledText = (held: HeldReply): string => {
  const made = settledTexts.get(held)
  if (made !== undefined) return made
  const text = new Date(held.settledUntil).toISOString()
  settledTexts.set(held, text)
  return text
}

const settledTexts = new WeakMap<HeldReply, string>()

/** What a refused or failed question took: nothing held has answered it. */
export const describeFailure = (reply: FastifyReply, upstreamCalls: number): void => {
  reply.headers({
    'x-upstream-calls': String(upstreamCalls),
    'x-cache': 'miss',
    'server-timing': `total;dur=${reply.elapsedTime.toFixed(1)}`,
  })
}

const ageSeconds = ({ oldestAt }: Pick<Reply, 'oldestAt'>, now: number): string =>
  oldestAt === null ? '0' : String(Math.max(0, Math.floor((now - oldestAt) / 1000)))
