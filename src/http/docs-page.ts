import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

/** Nothing but the service itself is reached. Swagger UI styles some elements in its markup, so styles may stand inline there. */
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': "'self'",
  'form-action': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
}

/**
 * Adds `/docs`, which shows the OpenAPI document and tries it out, and the document itself at `/docs/json` and `/docs/yaml`. Open: it
 * says what openapi.yaml says. Its examples ask about the days before `now`, epoch ms: a deployment has data there.
 */
export const addDocsPage = (app: FastifyInstance, now: () => number): void => {
  app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: POLICY,
    theme: { title: 'API · portkey-metrics-proxy' },
    uiConfig: { tryItOutEnabled: true, displayRequestDuration: true, persistAuthorization: false },
    transformSpecification: (document) => recent(document, now()),
  })
}

const DAY = 86_400_000

/** A copy of a document in which every window, `startTs` and `endTs` side by side, is moved by whole days to end within the last one. */
export const recent = <Value>(document: Value, now: number): Value => {
  const move = (_key: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || !('startTs' in value) || !('endTs' in value)) return value
    const [start, end] = [Date.parse(String(value.startTs)), Date.parse(String(value.endTs))]
    if (Number.isNaN(start) || Number.isNaN(end)) return value
    const by = Math.floor((now - end) / DAY) * DAY
    return { ...value, startTs: new Date(start + by).toISOString(), endTs: new Date(end + by).toISOString() }
  }
  return JSON.parse(JSON.stringify(document), move)
}
