import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { VERSION } from '../version.js'

/**
 * Collects the routes added after it into an OpenAPI document, which `app.swagger()` gives. They stand below `basePath`; `''` is the
 * root.
 */
export const documentRoutes = (app: FastifyInstance, basePath: string): void => {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'portkey-metrics-proxy',
        version: VERSION,
        description: 'One general metrics question over Portkey’s analytics API: exact, in the fewest upstream calls.',
        license: { name: 'MIT' },
      },
      servers: [{ url: basePath === '' ? '/' : basePath }],
      tags: [
        { name: 'questions', description: 'Ask about the gateway’s traffic.' },
        { name: 'grafana', description: 'What Grafana’s JSON data source (simpod-json-datasource) asks for.' },
        { name: 'lists', description: 'What Portkey lists beside analytics.' },
        { name: 'process', description: 'For orchestrators; open to anyone.' },
      ],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'AUTH_MODE=token: one of API_TOKENS.' },
          portkeyKey: {
            type: 'apiKey',
            in: 'header',
            name: 'x-portkey-api-key',
            description: 'AUTH_MODE=passthrough: the caller’s own Portkey key.',
          },
        },
      },
    },
  })
}
