import { EQUALITY, FULL_STRING, LIST, NARROW_STRING, NULL_TEST, RANGE, STATUS } from '../operators.js'
import { httpStatusCode, isFailure } from '../outcomes.js'
import { column, field, unknown, withRows } from '../rows.js'
import type { DatasourceEntry } from '../types.js'
import { modelMetrics } from './model-metrics.js'

const NO_CACHE_FILTER = 'Portkey has no filter for requests that its cache answered.'
const ASK_ALL_REQUESTS = 'Ask modelMetrics: the same question over all requests, cached ones included.'

const NO_CACHE_GRAPH = 'Portkey reports this in its cache graphs, which this service does not read yet.'
const PROVIDER_CACHE = 'Portkey does not report the tokens that a provider read from, or wrote to, a cache of its own.'
const providerCacheTokens = unknown(PROVIDER_CACHE, 'Filter by inputTokens.')

const providerAccountType = modelMetrics.fields.filter((row) => row.name === 'providerAccountType')

/** Requests that the gateway's cache answered: the fields of modelMetrics and the cache's own. */
export const cacheMetrics: DatasourceEntry = {
  name: 'cacheMetrics',
  rows: { kind: 'unknown', why: NO_CACHE_FILTER, instead: ASK_ALL_REQUESTS },
  metadata: { operators: FULL_STRING, extensionOperators: NULL_TEST },
  fields: withRows(modelMetrics.fields, [
    ...providerAccountType.map((row) => ({ ...row, operators: FULL_STRING })),
    { ...httpStatusCode, operators: [...STATUS, 'BETWEEN'], extensionOperators: NULL_TEST },
    { ...isFailure, operators: ['EQUAL', 'IS_NULL'] },
    field({
      name: 'cacheType',
      type: 'string',
      operators: LIST,
      extensionOperators: NULL_TEST,
      groupable: 'language',
      values: ['semantic', 'simple'],
      source: unknown(NO_CACHE_GRAPH, ASK_ALL_REQUESTS),
    }),
    field({
      name: 'cacheNamespace',
      type: 'string',
      operators: NARROW_STRING,
      extensionOperators: NULL_TEST,
      groupable: 'language',
      source: unknown('Portkey does not report cache namespaces.', 'Group by a metadata key: metadata.<key>.'),
    }),
    field({
      name: 'cacheLookupStatus',
      type: 'string',
      operators: FULL_STRING,
      extensionOperators: NULL_TEST,
      groupable: 'language',
      source: unknown('Portkey does not report the outcome of single cache look-ups.', ASK_ALL_REQUESTS),
    }),
    field({
      name: 'cacheReadInputTokens',
      type: 'number',
      operators: RANGE,
      extensionOperators: EQUALITY,
      source: providerCacheTokens,
    }),
    field({
      name: 'cacheCreationInputTokens',
      type: 'number',
      operators: RANGE,
      extensionOperators: EQUALITY,
      source: providerCacheTokens,
    }),
  ]),
  columns: [
    column({ name: 'potentialCostSavings', unit: 'USD', why: NO_CACHE_GRAPH, instead: ASK_ALL_REQUESTS }),
    column({
      name: 'cacheReadInputTokens',
      unit: 'tokens',
      why: PROVIDER_CACHE,
      instead: 'Ask modelMetrics for inputTokens.',
    }),
    column({
      name: 'cacheCreationInputTokens',
      unit: 'tokens',
      why: PROVIDER_CACHE,
      instead: 'Ask modelMetrics for inputTokens.',
    }),
    column({
      name: 'cacheLookupLatencyMs',
      unit: 'ms',
      why: 'Portkey does not report the time of single cache look-ups.',
      instead: 'Ask modelMetrics for latencyMs.',
    }),
    // The rows are a part of the requests that no filter picks out, so no measure of all requests is theirs.
    ...modelMetrics.columns.map((row) => ({ ...row, formulas: {}, why: NO_CACHE_FILTER, instead: ASK_ALL_REQUESTS })),
  ],
}
