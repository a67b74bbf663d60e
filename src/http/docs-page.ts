import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { DOCS_THEME } from './docs-theme.js'

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
    // Its server is where it was read from: seen from /docs/json and /docs/yaml that is one folder up.
    transformSpecification: (document) => ({ ...recent(document, now()), servers: [{ url: '..' }] }),
  })
}

/** A path that would leave the folder of the page's files: there is no such file, and nothing else is wrong with it. */
const reachesOut = (url: string): boolean => {
  const path = decodeURIComponent(url.split('?', 1)[0] ?? '')
  return path.includes('\0') || path.split(/[/\\]/).includes('..')
}

const DAY = 86_400_000

/** Names of a window's ends: of a question, and of a Grafana request. */
const ENDS = [
  ['startTs', 'endTs'],
  ['from', 'to'],
] as const

/** A copy of a document in which every window is moved by whole days, to end within the last one. */
export const recent = <Value>(document: Value, now: number): Value =>
  JSON.parse(JSON.stringify(document), (_key, value: unknown) =>
    ENDS.reduce((moved, ends) => move(moved, ends, now), value),
  )

const move = (value: unknown, [start, end]: (typeof ENDS)[number], now: number): unknown => {
  if (typeof value !== 'object' || value === null) return value
  const members = new Map<string, unknown>(Object.entries(value))
  const [from, to] = [Date.parse(String(members.get(start))), Date.parse(String(members.get(end)))]
  if (Number.isNaN(from) || Number.isNaN(to)) return value
  const by = Math.floor((now - to) / DAY) * DAY
  return { ...value, [start]: new Date(from + by).toISOString(), [end]: new Date(to + by).toISOString() }
}
