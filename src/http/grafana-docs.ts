import { type TSchema, Type } from '@sinclair/typebox'
import { DATASOURCES } from '../catalog/vocabulary.js'
import type { ErrorCode } from '../errors.js'
import { answerHeaders, settledHeader } from './answer-docs.js'
import { commonHeaders, errorResponses } from './error-docs.js'
import { grafanaExamples } from './grafana-examples.js'

const text = (description: string) => Type.String({ description })
const anything = Type.Unknown()
const choices = Type.Array(Type.Object({ label: Type.String(), value: Type.String() }))

const range = Type.Object(
  { from: text('RFC 3339.'), to: text('RFC 3339.'), raw: Type.Optional(Type.Object({})) },
  {
    description:
      'A raw `to` of `now` moves, and a raw `from` like `now-24h` with it: totals of it are aligned, so that refreshes ask the same.',
  },
)

const payload = Type.Object(
  {
    type: Type.Optional(Type.String({ enum: ['timeseries', 'distribution'], default: 'timeseries' })),
    format: Type.Optional(Type.String({ enum: ['series', 'table'], default: 'series' })),
    aggregations: Type.Optional(
      Type.Array(anything, { description: '`total`, `sum costInUSD`, or { type, column }.' }),
    ),
    groupBy: Type.Optional(Type.Array(Type.String())),
    filters: Type.Optional(anything),
    field: Type.Optional(text('With `operator` and `value`: one more filter.')),
    operator: Type.Optional(text('IN unless told.')),
    value: Type.Optional(
      Type.Unknown({
        description:
          'A value, an array, or text that variables were filled into: `{a,b}`, `(a|b)`, `"a","b"`, `["a","b"]`, and `a,b` where a list is taken. Nothing, `[]`, `$__all` and `.*` are no filter.',
      }),
    ),
    interval: Type.Optional(
      text('`auto` and `5m`: at least that, in no more buckets than maxDataPoints. `5 minutes`: exactly that.'),
    ),
    limit: Type.Optional(anything),
    timeZone: Type.Optional(text('IANA; else the request’s `timezone`, for buckets of more than an hour.')),
  },
  { additionalProperties: false },
)

const target = Type.Object({
  refId: Type.String(),
  target: Type.String({ enum: [...DATASOURCES], description: 'The datasource.' }),
  payload: Type.Optional(payload),
  editorMode: Type.Optional(
    text('`builder`: items of a list may hold filled-in texts. `code`: they are values as they are.'),
  ),
  hide: Type.Optional(Type.Boolean()),
})

const query = Type.Object({
  range,
  intervalMs: Type.Optional(Type.Number()),
  maxDataPoints: Type.Optional(Type.Number()),
  targets: Type.Array(target),
  adhocFilters: Type.Optional(
    Type.Array(Type.Object({ key: Type.String(), operator: Type.String(), value: Type.String() }), {
      description: 'They hold for every target.',
    }),
  ),
  timezone: Type.Optional(text('IANA or `utc`. `browser` says nothing: UTC.')),
  scopedVars: Type.Optional(Type.Object({}, { description: 'What variables hold: `{ team: { value } }`.' })),
})

const frames = Type.Array(
  Type.Union([
    Type.Object({
      target: Type.String(),
      title: Type.String(),
      refId: Type.String(),
      unit: Type.String(),
      tags: Type.Object({}, { description: 'Group values, for legends.' }),
      datapoints: Type.Array(Type.Array(Type.Union([Type.Number(), Type.Null()])), {
        description: '[value, epoch ms]',
      }),
      meta: Type.Object({}),
    }),
    Type.Object({
      type: Type.String({ enum: ['table'] }),
      name: Type.String(),
      refId: Type.String(),
      columns: Type.Array(
        Type.Object({ text: Type.String(), type: Type.String(), unit: Type.Optional(Type.String()) }),
      ),
      rows: Type.Array(Type.Array(anything)),
      meta: Type.Object({}, { description: 'Of a target that failed: `notices` and `custom` say why.' }),
    }),
  ]),
)

const docs = (summary: string, reply: TSchema, more: Readonly<Record<string, unknown>> = {}) => ({
  tags: ['grafana'],
  summary,
  security: [{ token: [] }, { portkeyKey: [] }],
  ...more,
  response: {
    200: {
      description: 'What the plugin reads.',
      headers: commonHeaders,
      content: { 'application/json': { schema: reply } },
    },
    ...errorResponses(PLAIN),
  },
})

/** What a request can meet whose questions, if any, fail one by one. */
const PLAIN: readonly ErrorCode[] = [
  'VALIDATION_FAILED',
  'WINDOW_INVALID',
  'UNAUTHENTICATED',
  'METHOD_NOT_ALLOWED',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'INTERNAL',
  'SHUTTING_DOWN',
]

/** One that asks questions, so that its reply says what they took. `errors`: what it can meet; left out, all that a question can. */
const asks = (
  summary: string,
  reply: TSchema,
  more: Readonly<Record<string, unknown>>,
  errors?: readonly ErrorCode[],
) => {
  const { response, ...rest } = docs(summary, reply, more)
  const headers = { ...commonHeaders, ...answerHeaders, ...settledHeader }
  return { ...rest, response: { ...errorResponses(errors), 200: { ...response[200], headers } } }
}

const json = (schema: TSchema, name: keyof typeof grafanaExamples) => ({
  body: { content: { 'application/json': { schema: { ...schema, 'x-examples': grafanaExamples[name] } } } },
})

/** The routes of the JSON data source as the documents show them. */
export const grafanaDocs = {
  test: docs('Test the connection', Type.Object({ status: Type.String() })),
  metrics: docs('Datasources for the builder', Type.Array(Type.Object({ label: Type.String(), value: Type.String() }))),
  search: docs('Names of datasources, for older plugins', Type.Array(Type.String())),
  annotations: docs('Always empty: Portkey has no events to mark', Type.Array(anything)),
  tagKeys: docs('Fields for ad hoc filters', Type.Array(Type.Object({ type: Type.String(), text: Type.String() }))),
  tagValues: asks(
    'Values for ad hoc filters',
    Type.Array(Type.Object({ text: Type.String(), value: Type.String() })),
    json(
      Type.Object({
        key: Type.String(),
        filters: Type.Optional(
          Type.Array(anything, { description: 'The other ad hoc filters: their rows alone count.' }),
        ),
        timeRange: Type.Optional(range),
      }),
      'tagValues',
    ),
  ),
  variable: asks(
    'Values of a dashboard’s variable',
    Type.Array(Type.Object({ __text: Type.String(), __value: Type.String() })),
    json(Type.Object({ payload: anything, range: Type.Optional(range) }), 'variable'),
  ),
  options: asks(
    'Choices for a box of the builder',
    choices,
    json(
      Type.Object({ metric: Type.String(), name: Type.String(), payload: Type.Optional(Type.Object({})) }),
      'options',
    ),
  ),
  query: asks(
    'The data of a panel',
    frames,
    {
      ...json(query, 'query'),
      description:
        'A target that fails does so alone: in its place stands a table without columns, whose `meta.notices` says why.',
    },
    PLAIN,
  ),
}
