import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { ServiceError } from '../errors.js'
import { VERSION } from '../version.js'
import { healthDocs, readyDocs, versionDocs } from './health-docs.js'
import type { Readiness } from './readiness.js'

/** Adds `/healthz` (the process is up), `/readyz` (questions can be answered) and `/version`; open to anyone. */
export const addHealthRoutes = (app: FastifyInstance, readiness: Readiness): void => {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  routes.get('/healthz', { schema: healthDocs, config: { whileStopping: true, probed: true } }, async () => ({
    status: 'ok' as const,
  }))
  routes.get('/readyz', { schema: readyDocs, config: { probed: true } }, async () => {
    const state = await readiness()
    if (state.ready) return { status: 'ready' as const }
    const details = state.code === undefined ? [] : [{ path: '', code: state.code, message: state.reason }]
    throw new ServiceError('UPSTREAM_UNAVAILABLE', `Portkey cannot answer questions now: ${state.reason}`, { details })
  })
  routes.get('/version', { schema: versionDocs, config: { whileStopping: true } }, async () => ({
    name: 'portkey-metrics-proxy',
    version: VERSION,
  }))
}
