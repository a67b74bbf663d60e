import type { ServerResponse } from 'node:http'
import { ServiceError } from '../errors.js'

/** Runs works for at most some time each, and only while someone waits for the reply. */
export type Deadline = <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>

/**
 * Runs works for at most `ms` each and only while someone waits for their answer. When the time is up a work throws
 * `REQUEST_TIMEOUT`; when the caller goes away it throws too, to nobody. Either way the signal is aborted with that error and
 * the reply does not wait for the work to notice. However many run at once, the response is listened to once.
 */
export const createDeadline = (ms: number, response: ServerResponse): Deadline => {
  const underWay = new Set<AbortController>()
  const onClose = () => {
    if (response.writableFinished) return
    for (const controller of underWay) controller.abort(new Error('the caller closed the connection'))
  }
  return async (work) => {
    const controller = new AbortController()
    const stopped = new Promise<never>((_, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true })
    })
    const timer = setTimeout(() => controller.abort(timeout(ms)), ms)
    if (underWay.size === 0) response.on('close', onClose)
    underWay.add(controller)
    if (response.destroyed) onClose()
    try {
      return await Promise.race([stopped, work(controller.signal)])
    } finally {
      clearTimeout(timer)
      underWay.delete(controller)
      if (underWay.size === 0) response.off('close', onClose)
    }
  }
}

const timeout = (ms: number): ServiceError =>
  new ServiceError(
    'REQUEST_TIMEOUT',
    `The question took longer than ${ms} ms: ask for a shorter window or fewer groups, or raise REQUEST_TIMEOUT_MS.`,
  )
