import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Logger, pino } from 'pino'
import type { About } from '../cache/replies.js'
import { type SecretSettings, secretsOf } from '../config/secrets.js'
import type { Config } from '../config.js'
import type { CacheState, Principal } from '../engine.js'
import type { ServiceError } from '../errors.js'
import type { QuestionSpan } from '../telemetry/tracing.js'
import { createBlot } from './blot.js'
import { discreetly } from './discreet.js'
import { type LogStream, standardOutput } from './log-output.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request's log line will say beside method, path and status. */
    outcome: Outcome
  }
  interface FastifyContextConfig {
    /** Whether machines ask the route every few seconds. */
    readonly probed?: boolean
  }
}

/** What becomes of a request, as its handler learns it. */
export type Outcome = {
  /** The caller's address, as it was when the request came. */
  from: string | undefined
  principal: string | null
  upstreamCalls: number | null
  error: ServiceError | null
  /** The question that the request is; `null` where it is none, could not be read, or asks several. */
  question: About['question'] | null
  answer: Answered | null
  /** Whether a finished reply to the question was looked for. */
  lookedUp: boolean
  /** Questions of the request that were noted one by one. */
  noted: number
  span: QuestionSpan | null
}

/** What is said of an answer. */
export type Answered = {
  readonly cache: CacheState
  /** Calls that its plan was expected to take; `null` of a reply that was held. */
  readonly price: number | null
  readonly rows: number
}

/**
 * The process's logger: JSON lines on standard output. Credentials are never logged on purpose; should one slip into a text (a library's
 * message, say), each secret of the settings, and each of `secrets` (the same array as long as they are the same), is blotted out of the finished line.
 */
export const createLogger = (
  config: SecretSettings & Pick<Config, 'logLevel'>,
  stream?: LogStream,
  secrets: () => readonly string[] = noFurther,
): Logger => {
  const blot = createBlot(secretsOf(config), secrets)
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

const NO_FURTHER: readonly string[] = []
const noFurther = () => NO_FURTHER

/**
 * Writes finished lines of the level `info` past the logger that was made here: it searches each value for what it may not say, and
 * takes longer to write the line of a held reply than it takes to find the reply.
 */
const plainLines = new WeakMap<object, (line: string) => void>()

/** Logs a question that was answered at once from what is held, by its route's path; does nothing where `info` is not logged. */
export type LogHit = (
  requestId: string,
  request: IncomingMessage,
  path: string,
  principal: Principal,
  about: About | null,
) => void

/**
 * One line a request, when its reply is done: who asked what, how it ended and how long it took; a 5xx with its cause.
 * Of a question its outline: never a body, a header or a query string. Health checks that pass are logged as `debug`. `onEnd` is told
 * of every request once it has its line.
 */
export const logRequests = (
  app: FastifyInstance,
  logger: FastifyBaseLogger,
  onEnd: (request: FastifyRequest, reply: FastifyReply) => void = () => undefined,
): LogHit => {
  // Nothing in the line of a request that did not fail can hold a credential; to search every line for one is dear.
  const plain = app.log.child({}, { redact: [] })
  app.addHook('onRequest', (request, reply, done) => {
    // A socket that is gone has no address any more.
    request.outcome = { ...NOTHING_YET, from: request.ip }
    // 'close' comes for every reply, also for those whose caller went away.
    reply.raw.on('close', () => {
      logRequest(plain, request, reply)
      onEnd(request, reply)
    })
    done()
  })
  const write = plainLines.get(logger)
  if (write === undefined) return () => undefined
  return (requestId, request, path, principal, about) => {
    // Ids are plain text (see request-id.ts), as are the paths of the question and addresses.
    write(
      `{"level":30,"time":"${timeText()}","requestId":"${requestId}","method":"POST","path":"${path}","status":200,"ms":0,` +
        `"from":"${request.socket.remoteAddress ?? ''}","principal":${JSON.stringify(principal.name)},"upstreamCalls":0${about === null ? '' : `,${about.text}`},"msg":"request"}\n`,
    )
  }
}

const NOTHING_YET: Readonly<Outcome> = {
  from: undefined,
  principal: null,
  upstreamCalls: null,
  error: null,
  question: null,
  answer: null,
  lookedUp: false,
  noted: 0,
  span: null,
}

/** The time as log lines have it; many lines share a millisecond. */
const timeText = (): string => {
  const now = Date.now()
  if (now !== latest.at) latest = { at: now, text: new Date(now).toISOString() }
  return latest.text
}

let latest = { at: 0, text: '' }

/** Levels that log what holds values. */
const SAYS_ALL: readonly string[] = ['debug', 'trace']

const logRequest = (plain: FastifyBaseLogger, request: FastifyRequest, reply: FastifyReply): void => {
  const { from, principal, upstreamCalls, error, question, answer } = request.outcome
  const line = {
    method: request.method,
    path: (request.url.split('?', 1)[0] ?? '').slice(0, 200),
    // None when the caller left before there was one.
    status: reply.raw.headersSent ? reply.statusCode : null,
    ms: Math.round(reply.elapsedTime),
    from,
    principal: principal ?? undefined,
    upstreamCalls: upstreamCalls ?? undefined,
    ...(answer ?? undefined),
    question: question ?? undefined,
    code: error?.code,
    aborted: reply.raw.writableFinished ? undefined : true,
  }
  if (error !== null && error.statusCode >= 500) {
    // What the upstream said may repeat values that a question named: those are for `debug`, as questions in full are.
    const err = SAYS_ALL.includes(plain.level) ? error : discreetly(error)
    request.log.error({ ...line, err }, 'request failed')
  } else if (request.routeOptions.config.probed && error === null)
    plain.debug({ requestId: request.id, ...line }, 'request')
  else plain.info({ requestId: request.id, ...line }, 'request')
}
