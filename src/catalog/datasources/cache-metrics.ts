import { EQUALITY, FULL_STRING, LIST, NARROW_STRING, NULL_TEST, RANGE, STATUS } from '../operators.js'
import { httpStatusCode, isFailure } from '../outcomes.js'
import { column, field, measure, perRequest, unknown, withRows } from '../rows.js'
import { latencyFilter } from '../subjects.js'
import type { ColumnEntry, DatasourceEntry } from '../types.js'
import { modelMetrics } from './model-metrics.js'

const ALL_REQUESTS = 'Portkey has no filter for requests that its cache answered, so it reports this over all requests.'
const PROVIDER_CACHE = 'Portkey does not report the tokens that a provider read from, or wrote to, a cache of its own.'
const HITS_ALONE = 'Portkey reports the hits of its cache, not the look-ups that missed.'
const HITS_BY_TYPE = 'Ask for total (the hits) or avg of cacheHitRate, grouped by cacheType where total is enough.'
const providerCacheTokens = unknown(PROVIDER_CACHE, 'Filter by inputTokens.')

const FEEDBACK = unknown(
  'Portkey lists feedback scores over all requests, not over those that its cache answered.',
  'Filter by weightedFeedback, or ask modelMetrics by feedbackScore.',
)

const named = (name: string) => modelMetrics.fields.filter((row) => row.name === name)
const providerAccountType = named('providerAccountType')

/** Requests that the gateway's cache answered: the fields of modelMetrics and the cache's own. */
export const cacheMetrics: DatasourceEntry = {
  name: 'cacheMetrics',
  rows: { kind: 'counted', measure: 'hits' },
  metadata: { operators: FULL_STRING, extensionOperators: NULL_TEST },
  fields: withRows(modelMetrics.fields, [
    ...providerAccountType.map((row) => ({ ...row, operators: FULL_STRING })),
    ...named('feedbackScore').map((row) => ({ ...row, source: FEEDBACK })),
    { ...httpStatusCode, operators: [...STATUS, 'BETWEEN'], extensionOperators: NULL_TEST },
    { ...isFailure, operators: ['EQUAL', 'IS_NULL'] },
    { ...latencyFilter, source: unknown('Portkey has no filter on latency.', 'Ask for avg of cacheLatencyMs.') },
    field({
      name: 'cacheType',
      type: 'string',
      operators: LIST,
      extensionOperators: NULL_TEST,
      groupable: 'language',
      values: ['semantic', 'simple'],
      source: { kind: 'part', part: 'cacheType', reading: 'text' },
    }),
    field({
      name: 'cacheNamespace',
      type: 'string',
      operators: NARROW_STRING,
      extensionOperators: NULL_TEST,
      groupable: 'language',
      source: unknown(
        'Portkey does not report cache namespaces.',
        'Group by cacheType, by virtualModel (the config that turns the cache on), or by a metadata key: metadata.<key>.',
      ),
    }),
    field({
      name: 'cacheLookupStatus',
      type: 'string',
      operators: FULL_STRING,
      extensionOperators: NULL_TEST,
      groupable: 'language',
      source: unknown(HITS_ALONE, HITS_BY_TYPE),
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
    column({
      name: 'potentialCostSavings',
      unit: 'USD',
      formulas: { count: measure('hits'), sum: measure('savingsCents', 100), avg: perRequest('savingsCents', 100) },
      why: 'Portkey reports savings as a running total, not as single values.',
      instead: 'Ask for sum or avg.',
    }),
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
      why: `${HITS_ALONE.slice(0, -1)}, and of the hits the average time alone.`,
      instead: 'Ask for avg of cacheLatencyMs.',
    }),
    column({
      name: 'cacheLatencyMs',
      unit: 'ms',
      extension: true,
      aggregations: [],
      extensionAggregations: ['count', 'avg'],
      formulas: { count: measure('hits'), avg: measure('cacheLatencyAvg') },
      why: 'Of the time that hits took Portkey reports the average alone.',
      instead: 'Ask for avg.',
    }),
    column({
      name: 'cacheHitRate',
      unit: 'ratio',
      extension: true,
      aggregations: [],
      extensionAggregations: ['avg'],
      // Over all requests of the cell, which the rows of this datasource are not.
      formulas: { avg: { kind: 'ratio', measure: 'hits', over: 'requests' } },
      why: 'A rate has an average alone.',
      instead: 'Ask for avg.',
    }),
    column({
      name: 'cacheSpeedup',
      unit: 'percent',
      extension: true,
      aggregations: [],
      extensionAggregations: ['avg'],
      formulas: { avg: measure('cacheSpeedup') },
      why: 'A rate has an average alone.',
      instead: 'Ask for avg.',
    }),
    ...modelMetrics.columns.filter(({ name }) => name !== 'cacheHitRate').map(ofHits),
  ],
}

/** A column of all requests: of the hits nothing but their number is known. */
function ofHits(row: ColumnEntry): ColumnEntry {
  const asked = Object.keys(row.formulas).length > 0 ? row.name : 'latencyMs'
  const counted = row.formulas.count === undefined ? {} : { count: measure('hits') }
  return { ...row, formulas: counted, why: ALL_REQUESTS, instead: `Ask modelMetrics for ${asked}.` }
}
