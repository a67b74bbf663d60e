import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { createCompressed } from '../cache/compressed.js'
import { addVary } from './answer-headers.js'
import { createDocuments, docsFiles } from './docs-held.js'
import { DOCS_THEME } from './docs-theme.js'
import { sendFile } from './held-files.js'
import { sendHeld } from './sending.js'

/** Nothing but the service itself is reached. */
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': ["'self'", 'data:'],
  'connect-src': "'self'",
  'form-action': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
}

/**
 * Adds `/docs`, which shows the OpenAPI document and tries it out, and the document itself at `/docs/json` and `/docs/yaml`. Open: it
 * says what openapi.yaml says. Its examples ask about the days before `now`, epoch ms: a deployment has data there. `app` is a scope of its own.
 */
export const addDocsPage = (app: FastifyInstance, now: () => number): void => {
  app.addHook('onRequest', (request, reply, done) => {
    if (reachesOut(request.url)) reply.callNotFound()
    else done()
  })
  const documents = createDocuments(() => app.swagger(), now)
  const docsFile = docsFiles()
  const compressed = createCompressed()
  app.addHook('onRequest', (request, reply, done) => {
    addVary(reply, 'accept-encoding')
    const document = documents.get(request.routeOptions.url ?? '')
    const file = document === undefined ? docsFile(pathOf(request.url)) : null
    if (document !== undefined) sendHeld(request, reply.type(document.type), document.body(), compressed)
    else if (file !== null) sendFile(request, reply, file, compressed)
    else done()
  })
  app.register(swaggerUi, {
    routePrefix: '/docs',
    // All links are relative, so that the page works below whatever a proxy puts before it.
    indexPrefix: '.',
    staticCSP: POLICY,
    theme: DOCS_THEME,
    uiConfig: {
      layout: 'BaseLayout',
      tryItOutEnabled: true,
      displayRequestDuration: true,
      persistAuthorization: false,
    },
  })
}

/** A path that would leave the folder of the page's files: there is no such file, and nothing else is wrong with it. */
const reachesOut = (url: string): boolean => {
  const path = decodeURIComponent(pathOf(url))
  return path.includes('\0') || path.split(/[/\\]/).includes('..')
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? ''
