import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Logger, pino } from 'pino'
import type { Config } from '../config.js'
import type { Principal } from '../engine.js'
import type { ServiceError } from '../errors.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request's log line will say beside method, path and status. */
    outcome: { principal: string | null; upstreamCalls: number | null; error: ServiceError | null }
  }
}

/** Shorter texts are no secrets and stand in every line by chance. */
const LEAST_SECRET = 8

/** Where log lines go; standard output unless a test listens. */
export type LogStream = { write(line: string): void }

/**
 * The process's logger: JSON lines on standard output. Credentials are never logged on purpose; should one slip into a text (a library's
 * message, say), each configured secret is blotted out of the finished line.
 */
export const createLogger = (
  config: Pick<Config, 'logLevel' | 'portkeyApiKey' | 'apiTokens' | 'upstreamProxy' | 'redisUrl'>,
  stream?: LogStream,
): Logger => {
  const { portkeyApiKey, upstreamProxy, redisUrl, apiTokens } = config
  const secrets = [portkeyApiKey ?? '', upstreamProxy ?? '', redisUrl ?? '', ...apiTokens].filter(
    (secret) => secret.length >= LEAST_SECRET,
  )
  const blot = (line: string) => secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line)
  const options = {
    level: config.logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: { streamWrite: blot },
    redact: {
      paths: ['authorization', 'x-portkey-api-key'].flatMap((name) => [
        `["${name}"]`,
        `*["${name}"]`,
        `*.*["${name}"]`,
      ]),
      censor: '[secret]',
    },
  }
  const destination = stream ?? standardOutput()
  const logger = pino(options, destination)
  if (logger.isLevelEnabled('info')) plainLines.set(logger, (line) => destination.write(blot(line)))
  return logger
}

/**
 * Writes finished lines of the level `info` past the logger that was made here: it searches each value for what it may not say, and
 * takes longer to write the line of a held reply than it takes to find the reply.
 */
const plainLines = new WeakMap<object, (line: string) => void>()

/** Lines are written together, so many characters or milliseconds of them: a write each would cost as much as a held reply. */
const BUFFERED_LENGTH = 8_192
const BUFFERED_MS = 100

/** Standard output. When its reader has gone nobody is left to tell, and neither questions nor a stop may suffer from it. */
const standardOutput = (): LogStream => {
  const destination = pino.destination({ fd: 1, sync: true })
  destination.on('error', () => {
    destination.write = () => true
  })
  const buffered = createBuffered((text) => destination.write(text))
  process.once('exit', buffered.flushSync)
  return buffered
}

/** Hands lines on together; the last of them when they are flushed, which the logger does itself after a fatal one. */
const createBuffered = (write: (text: string) => void) => {
  let pending = ''
  let timer: NodeJS.Timeout | null = null
  const flushSync = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const text = pending
    pending = ''
    if (text !== '') write(text)
  }
  return {
    flushSync,
    write(line: string) {
      pending += line
      if (pending.length >= BUFFERED_LENGTH) flushSync()
      else timer ??= setTimeout(flushSync, BUFFERED_MS).unref()
    },
  }
}

/** Logs a question that was answered at once from what is held, by its route's path; does nothing where `info` is not logged. */
export type LogHit = (requestId: string, request: IncomingMessage, path: string, principal: Principal) => void

/**
 * One line a request, when its reply is done: who asked what, how it ended and how long it took; a 5xx with its cause.
 * Never a body, a header or a query string. Health checks that pass are logged as `debug`.
 */
export const logRequests = (app: FastifyInstance, logger: FastifyBaseLogger): LogHit => {
  // Nothing in the line of a request that did not fail can hold a credential; to search every line for one is dear.
  const plain = app.log.child({}, { redact: [] })
  app.addHook('onRequest', (request, reply, done) => {
    request.outcome = { principal: null, upstreamCalls: null, error: null }
    // 'close' comes for every reply, also for those whose caller went away.
    reply.raw.on('close', () => logRequest(plain, request, reply))
    done()
  })
  const write = plainLines.get(logger)
  if (write === undefined) return () => undefined
  return (requestId, request, path, principal) => {
    // Ids are plain text (see request-id.ts), as are the paths of the question and addresses.
    write(
      `{"level":30,"time":"${timeText()}","requestId":"${requestId}","method":"POST","path":"${path}","status":200,"ms":0,` +
        `"from":"${request.socket.remoteAddress ?? ''}","principal":${JSON.stringify(principal.name)},"upstreamCalls":0,"msg":"request"}\n`,
    )
  }
}

/** The time as log lines have it; many lines share a millisecond. */
const timeText = (): string => {
  const now = Date.now()
  if (now !== latest.at) latest = { at: now, text: new Date(now).toISOString() }
  return latest.text
}

let latest = { at: 0, text: '' }

const logRequest = (plain: FastifyBaseLogger, request: FastifyRequest, reply: FastifyReply): void => {
  const { principal, upstreamCalls, error } = request.outcome
  const line = {
    method: request.method,
    path: (request.url.split('?', 1)[0] ?? '').slice(0, 200),
    // None when the caller left before there was one.
    status: reply.raw.headersSent ? reply.statusCode : null,
    ms: Math.round(reply.elapsedTime),
    from: request.ip,
    principal: principal ?? undefined,
    upstreamCalls: upstreamCalls ?? undefined,
    code: error?.code,
    aborted: reply.raw.writableFinished ? undefined : true,
  }
  if (error !== null && error.statusCode >= 500) request.log.error({ ...line, err: error }, 'request failed')
  else if (line.path === '/healthz' || line.path === '/readyz')
    plain.debug({ requestId: request.id, ...line }, 'request')
  else plain.info({ requestId: request.id, ...line }, 'request')
}
