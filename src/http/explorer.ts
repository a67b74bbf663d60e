import type { FastifyInstance, FastifyReply } from 'fastify'
import { createCompressed } from '../cache/compressed.js'
import type { Config } from '../config.js'
import { EXPLORER_PAGE } from './explorer-files.js'
import { type HeldFile, sendFile } from './held-files.js'

/** All that the page may load or reach is this service itself; nothing in it is inline, and nobody may frame it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * Adds the explorer at `/`, what it loads at `/explorer/`, and the one thing it must know before it may ask: how callers prove who they
 * are. All of it is open: it holds nothing that is not in the sources.
 */
export const addExplorerRoutes = (
  app: FastifyInstance,
  { authMode }: Pick<Config, 'authMode'>,
  files: readonly HeldFile[],
): void => {
  const compressed = createCompressed()
  for (const file of files) {
    const url = file.name === EXPLORER_PAGE ? '/' : `/explorer/${file.name}`
    app.get(url, { schema: { hide: true } }, (request, reply) => sendFile(request, policed(reply), file, compressed))
  }
  app.get('/explorer/settings', { schema: { hide: true } }, async () => ({ authMode }))
}

/** A browser asks whether its copy is still good each time: after an update no page meets the scripts of another version. */
const policed = (reply: FastifyReply): FastifyReply =>
  reply.headers({
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  })
