import type { FastifyReply } from 'fastify'
import type { HeldReply } from '../cache/replies.js'
import type { Reply } from '../engine.js'
import type { Given } from './answering.js'

const JSON_TYPE = 'application/json; charset=utf-8'
/** Nothing was planned, asked or shaped. */
const NO_TIME = 'plan;dur=0.0, upstream;dur=0.0, shape;dur=0.0'

/** What a reply says about itself, in headers: the body is data alone. `now` is epoch ms. */
export const describe = (
  reply: FastifyReply,
  given: Pick<Given, 'cache' | 'oldestAt' | 'settledUntil' | 'upstreamCalls' | 'timing'>,
  now: number,
): void => {
  describeRead(reply, given, now)
  reply.header('x-settled-until', new Date(given.settledUntil).toISOString())
}

/** The same of a reply that is no question's, so that nothing in it settles. */
export const describeRead = (
  reply: FastifyReply,
  given: Pick<Given, 'cache' | 'oldestAt' | 'upstreamCalls' | 'timing'>,
  now: number,
): void => {
  const { planMs, upstreamMs, shapeMs } = given.timing
  reply.headers({
    'content-type': JSON_TYPE,
    'x-upstream-calls': String(given.upstreamCalls),
    'x-cache': given.cache,
    age: ageSeconds(given, now),
    'server-timing': `plan;dur=${planMs.toFixed(1)}, upstream;dur=${upstreamMs.toFixed(1)}, shape;dur=${shapeMs.toFixed(1)}`,
  })
  if (given.cache === 'stale') reply.header('warning', '110 - "Response is Stale"')
}

/** The same of a reply that was held and is good. */
export const describeHeld = (reply: FastifyReply, held: HeldReply, now: number): void => {
  reply.headers({
    'content-type': JSON_TYPE,
    'x-upstream-calls': '0',
    'x-cache': 'hit',
    age: ageSeconds(held, now),
    'x-settled-until': new Date(held.settledUntil).toISOString(),
    'server-timing': NO_TIME,
  })
}

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
