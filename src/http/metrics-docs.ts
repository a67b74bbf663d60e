import { Type } from '@sinclair/typebox'
import { commonHeaders, errorResponses } from './error-docs.js'

/** For the documents. */
export const metricsDocs = {
  tags: ['process'],
  summary: 'How is it going?',
  description:
    'Metrics in the text format of Prometheus. Open on loopback under a name of loopback, unless a header says that a proxy passes the request on or `TRUST_PROXY` is set; else a bearer token of `API_TOKENS` or `TOKENS_FILE` is needed, in every `AUTH_MODE`.',
  response: {
    200: { description: 'They are.', headers: commonHeaders, content: { 'text/plain': { schema: Type.String() } } },
    ...errorResponses(['UNAUTHENTICATED', 'FORBIDDEN']),
  },
}
