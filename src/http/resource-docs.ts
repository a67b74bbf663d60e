import { Type } from '@sinclair/typebox'
import type { Resource } from '../portkey/client.js'
import { answerHeaders } from './answer-docs.js'
import { commonHeaders, errorResponses } from './error-docs.js'

/** The largest `page_size`. */
export const LARGEST_PAGE = 1_000

const pages = Type.Object({
  current_page: Type.Optional(Type.Integer({ minimum: 0, description: 'Counts from 0.' })),
  page_size: Type.Optional(
    Type.Integer({ minimum: 1, maximum: LARGEST_PAGE, description: 'Rows a page; Portkey’s own when left out.' }),
  ),
})

const NO_SECRETS =
  'Passed on as Portkey sends it, but that a text reads `[withheld]` unless its name is known to be harmless (ids, names, slugs, states, times, limits, notes) and it does not look like a key. With `PORTKEY_WORKSPACE_SLUG` the rows, the pages and `total` are of that workspace alone.'

const docsOf = (summary: string, about: string) => ({
  tags: ['lists'],
  summary,
  description: `${about} ${NO_SECRETS} Held for a minute; \`cache-control: no-cache\` asks anew. Refused to tokens that see a part of the data alone.`,
  security: [{ token: [] }, { portkeyKey: [] }],
  querystring: pages,
  response: {
    200: {
      description: 'Portkey’s own JSON.',
      headers: { ...commonHeaders, ...answerHeaders },
      content: { 'application/json': { schema: Type.Object({}, { additionalProperties: true }) } },
    },
    ...errorResponses([
      ...(['VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN', 'INTERNAL'] as const),
      ...(['UPSTREAM_UNAUTHORIZED', 'UPSTREAM_FORBIDDEN', 'UPSTREAM_MALFORMED', 'UPSTREAM_ERROR'] as const),
      ...(['UPSTREAM_RATE_LIMITED', 'UPSTREAM_QUOTA_EXCEEDED', 'UPSTREAM_UNAVAILABLE'] as const),
      ...(['OVERLOADED', 'SHUTTING_DOWN', 'UPSTREAM_TIMEOUT', 'REQUEST_TIMEOUT'] as const),
    ]),
  },
})

/** The lists beside analytics as the documents show them. */
export const resourceDocs: Readonly<Record<Resource, ReturnType<typeof docsOf>>> = {
  workspaces: docsOf(
    'List workspaces',
    'Ids, names and slugs; with `PORTKEY_WORKSPACE_SLUG` that workspace alone. Portkey lets organisation Admin keys read it.',
  ),
  virtualKeys: docsOf('List virtual keys', 'Slug, status, limits and expiry of each.'),
  logExports: docsOf('List log exports', 'The jobs and their states.'),
}
