import type { IncomingMessage } from 'node:http'

/** What is still read of a body that was refused, at the most: bytes, and ms. */
const MOST_BYTES = 1_048_576
const LONGEST_MS = 1_000

/**
 * Reads on what is left of a refused body, to nowhere, for a while. A connection that is closed while its sender still writes is reset,
 * and with it the reply that says why: proxies tell their callers a 502 then. Resolves when the body has ended, or was too much.
 */
export const discardRest = (request: IncomingMessage): Promise<void> =>
  new Promise((resolve) => {
    if (request.complete || request.destroyed) return resolve()
    let bytes = 0
    const timer = setTimeout(() => done(), LONGEST_MS)
    const onData = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > MOST_BYTES) done()
    }
    const done = () => {
      clearTimeout(timer)
      request.off('data', onData).off('end', done).off('close', done)
      resolve()
    }
    request.on('data', onData).once('end', done).once('close', done)
    request.resume()
  })
