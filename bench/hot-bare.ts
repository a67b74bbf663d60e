import { fastify } from 'fastify'
import { QueryBody } from '../src/query/schema.js'

// The route that a hot reply is compared with: the same schema, the same bytes, and nothing else. A process of its own; the
// bytes come as a message, the port is answered.

process.once('message', async (body) => {
  if (typeof body !== 'string') throw new TypeError('the reply comes as text')
  const bytes = Buffer.from(body)
  const app = fastify()
  app.post('/v1/metrics/query', { schema: { body: QueryBody } }, async (_request, reply) => {
    reply.type('application/json; charset=utf-8')
    return bytes
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  process.send?.(typeof address === 'object' ? address?.port : null)
})
