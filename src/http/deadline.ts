import type { ServerResponse } from 'node:http'
import { ServiceError } from '../errors.js'

/**
 * Runs `work` for at most `ms` and only while someone waits for its answer. When the time is up it throws
 * `REQUEST_TIMEOUT`; when the caller goes away it throws too, to nobody. Either way the signal is aborted with that error and
 * the reply does not wait for `work` to notice.
 */
export const withDeadline = async <T>(
  ms: number,
  response: ServerResponse,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const controller = new AbortController()
  const stopped = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true })
  })
  const onClose = () => {
    if (!response.writableFinished) controller.abort(new Error('the caller closed the connection'))
  }
  const timer = setTimeout(() => controller.abort(timeout(ms)), ms)
  response.once('close', onClose)
  if (response.destroyed) onClose()
  try {
    return await Promise.race([stopped, work(controller.signal)])
  } finally {
    clearTimeout(timer)
    response.off('close', onClose)
  }
}

const timeout = (ms: number): ServiceError =>
  new ServiceError(
    'REQUEST_TIMEOUT',
    `The question took longer than ${ms} ms: ask for a shorter window or fewer groups, or raise REQUEST_TIMEOUT_MS.`,
  )
