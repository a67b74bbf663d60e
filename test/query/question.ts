import { CATALOG } from '../../src/catalog/catalog.js'
import { ServiceError } from '../../src/errors.js'
import { parseQuery } from '../../src/query/parse.js'
import type { Query } from '../../src/query/query.js'

/** The least that a question needs. */
export const LEAST = {
  startTs: '2026-04-21T00:00:00.000Z',
  endTs: '2026-04-22T00:00:00.000Z',
  datasource: 'modelMetrics',
  type: 'distribution',
} as const

/** Parses the least question with some fields added or replaced. */
export function ask(fields: Readonly<Record<string, unknown>>): Query {
  return parseQuery({ ...LEAST, ...fields }, CATALOG)
}

/** The refusal of a body; throws when the body is not refused. */
export function refusal(body: unknown): ServiceError {
  try {
    parseQuery(body, CATALOG)
  } catch (error) {
    if (error instanceof ServiceError) return error
    throw error
  }
  throw new Error(`not refused: ${JSON.stringify(body)?.slice(0, 300)}`)
}

/** The refusal of the least question with some fields added or replaced, as `code path` a fault. */
export function faultsOf(fields: Readonly<Record<string, unknown>>): readonly string[] {
  return refusal({ ...LEAST, ...fields }).details.map((fault) => `${fault.code} ${fault.path}`)
}

/** One filter, parsed, on a datasource. */
export function filter(datasource: string, content: Readonly<Record<string, unknown>>): Query['filters'] {
  return ask({ datasource, filters: [content] }).filters
}
