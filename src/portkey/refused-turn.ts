import { ServiceError } from '../errors.js'

/** More work waits than the service keeps, `own` of it this caller's. `waitMs` is when there is likely room again. */
export function tooMuchQueued(own: number, waitMs: number): ServiceError {
  const who = own > 0 ? `${own} Portkey calls of this caller are waiting, which is all that it may have now` : FULL
  return new ServiceError(
    'OVERLOADED',
    `${who}. Ask again after the time in retry-after, or ask fewer questions at once.`,
    { retryAfterSeconds: wholeSeconds(waitMs) },
  )
}

const FULL = 'Too many Portkey calls of other callers are waiting'

/** The turn cannot come in time at the pace that Portkey allows. `waitMs` is by how much it is late. */
export function tooLate(waitMs: number): ServiceError {
  return new ServiceError(
    'OVERLOADED',
    'So many Portkey calls are waiting that this one could not be sent in time. Ask again after the time in retry-after, ' +
      'ask fewer questions at once, or raise UPSTREAM_RPS if your Portkey plan allows.',
    { retryAfterSeconds: wholeSeconds(waitMs) },
  )
}

/** Portkey asked for a break that lasts longer than anybody waits. */
export function onBreak(waitMs: number): ServiceError {
  return new ServiceError(
    'UPSTREAM_RATE_LIMITED',
    'Portkey limits the rate of calls and has asked for a break. Ask again after the time in retry-after.',
    { retryAfterSeconds: wholeSeconds(waitMs) },
  )
}

/** Portkey has failed for so long, here or everywhere, that it is left alone with this for a while. */
export function outOfOrder(waitMs: number): ServiceError {
  return new ServiceError(
    'UPSTREAM_UNAVAILABLE',
    'Portkey has not answered one such call for a while, so it is left alone for some seconds. Ask again after the time in retry-after.',
    { retryAfterSeconds: wholeSeconds(waitMs) },
  )
}

/** The process stops. */
export function shuttingDown(): ServiceError {
  return new ServiceError('SHUTTING_DOWN', 'The service is stopping. Ask another replica.')
}

/** For a `retry-after` header: at least 1, at most an hour. */
export function wholeSeconds(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms / 1000), 1), 3600)
}
