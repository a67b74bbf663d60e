import { fastifyCompress } from '@fastify/compress'
import type { FastifyInstance } from 'fastify'
import { BROTLI_OPTIONS, ENCODINGS, GZIP_OPTIONS } from '../cache/compressed.js'
import { encodingOf, LEAST_COMPRESSED } from './accept-encoding.js'

/**
 * Compresses replies that are not compressed yet, as their callers accept. Bodies of requests stay what they are: a compressed one is
 * refused (see body.ts), so no bomb is ever inflated. Call it before the routes are added.
 */
export const compressReplies = (app: FastifyInstance): void => {
  // One rule for all replies, held ones among them: what the plugin is told is what was made of it.
  app.addHook('onRequest', (request, _reply, done) => {
    request.headers['accept-encoding'] = encodingOf(request.headers['accept-encoding']) ?? 'identity'
    done()
  })
  app.register(fastifyCompress, {
    encodings: [...ENCODINGS],
    globalDecompression: false,
    threshold: LEAST_COMPRESSED,
    // Larger ones are compressed off the event loop.
    syncThreshold: 4_096,
    zlibOptions: GZIP_OPTIONS,
    brotliOptions: BROTLI_OPTIONS,
    customTypes: /^text\/|^application\/(json|javascript|x-yaml)\b|^image\/svg\+xml\b/,
  })
}
