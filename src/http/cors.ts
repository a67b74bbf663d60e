import { fastifyCors } from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import { ServiceError } from '../errors.js'

/** What a page elsewhere may read of a reply beside its body. */
const EXPOSED = [
  'x-cache',
  'x-upstream-calls',
  'age',
  'x-settled-until',
  'server-timing',
  'x-request-id',
  'retry-after',
  'warning',
]
/** What it may send. */
const ALLOWED = ['authorization', 'content-type', 'x-portkey-api-key', 'cache-control', 'x-request-id', 'accept']
/** Seconds a browser may remember a preflight; two hours are the most that some believe. */
const PREFLIGHT_SECONDS = 7_200

/**
 * Lets pages of these origins ask; `*` is any. A credential is always a header that the page sets itself, so no cookies are ever
 * allowed. To whom is not one of them, and to whom sends no origin, all is as if this were not here. Call it before the hooks that
 * refuse, for a page may read its refusals too.
 */
export const allowOrigins = (app: FastifyInstance, origins: readonly string[]): void => {
  const options = {
    origin: (origin: string | undefined, done: (error: Error | null, allowed: string | false) => void) => {
      done(null, allowedFor(origins, origin))
    },
    methods: ['GET', 'HEAD', 'POST'],
    exposedHeaders: EXPOSED,
    allowedHeaders: ALLOWED,
    maxAge: PREFLIGHT_SECONDS,
    strictPreflight: false,
  }
  // Called rather than registered: what is registered adds its hooks after all that are added here.
  fastifyCors(app, options, (error) => {
    if (error !== undefined) throw new ServiceError('INTERNAL', 'CORS could not be set up.', { cause: error })
  })
}

/** The headers that the hook gives a reply, for one that no hook sees. */
export const originHeaders = (
  origins: readonly string[],
  origin: string | undefined,
): Readonly<Record<string, string>> => {
  if (origins.length === 0) return {}
  const allowed = allowedFor(origins, origin)
  if (allowed === false) return { vary: 'Origin' }
  return {
    vary: 'Origin',
    'access-control-allow-origin': allowed,
    'access-control-expose-headers': EXPOSED.join(', '),
  }
}

const allowedFor = (origins: readonly string[], origin: string | undefined): string | false => {
  if (origin === undefined) return false
  if (origins.includes('*')) return '*'
  return origins.includes(origin) ? origin : false
}
