import { STATUS_CODES } from 'node:http'
import { Type } from '@sinclair/typebox'
import { ERROR_CODES, type ErrorCode } from '../errors.js'

/** How the documents describe the one error shape; `code` is limited to those a status can carry. */
const errorSchema = (codes: readonly string[]) =>
  Type.Object(
    {
      statusCode: Type.Integer({ description: 'The HTTP status.' }),
      error: Type.String({ description: 'The status in words.' }),
      code: Type.String({ enum: codes, description: 'Stable; switch on this.' }),
      message: Type.String({ description: 'What is wrong and what to do. May change.' }),
      details: Type.Optional(
        Type.Array(
          Type.Object(
            {
              path: Type.String({ description: 'Where in the body, as a JSON pointer.' }),
              code: Type.String(),
              message: Type.String(),
            },
            { additionalProperties: false },
          ),
          { description: 'Every fault of the body, not only the first.' },
        ),
      ),
    },
    { additionalProperties: false },
  )

/** Headers of every reply. */
export const commonHeaders = {
  'x-request-id': {
    type: 'string',
    description: 'Ties the reply to its log line; the caller’s own when it sent a plain one.',
  },
}

/** The error replies of a route, by status, with every code that the status can carry. `only` names the codes; left out, all. */
export const errorResponses = (only?: readonly ErrorCode[]): Readonly<Record<string, unknown>> => {
  const byStatus = new Map<number, [string, string][]>()
  for (const [code, { status, meaning }] of Object.entries(ERROR_CODES)) {
    if (only !== undefined && !only.some((name) => name === code)) continue
    byStatus.set(status, [...(byStatus.get(status) ?? []), [code, meaning]])
  }
  return Object.fromEntries([...byStatus].map(([status, codes]) => [String(status), errorResponse(status, codes)]))
}

const errorResponse = (status: number, codes: readonly (readonly [string, string])[]) => ({
  description: `${STATUS_CODES[status]}\n\n${codes.map(([code, meaning]) => `- \`${code}\`: ${meaning}`).join('\n')}`,
  headers: {
    ...commonHeaders,
    ...(status === 401 ? { 'www-authenticate': { type: 'string', description: '`Bearer`.' } } : {}),
    ...(status === 405 ? { allow: { type: 'string', description: 'The methods that the route takes.' } } : {}),
    ...(status === 429 || status === 503
      ? { 'retry-after': { type: 'integer', description: 'Seconds until it is worth asking again, where known.' } }
      : {}),
  },
  content: { 'application/json': { schema: errorSchema(codes.map(([code]) => code)) } },
})
