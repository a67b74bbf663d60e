import { LEAST } from '../../engine/service.js'

/**
 * A question of the emulator's traffic (12 models, 5 providers, 4 API keys, 3 configs, 7 teams), and the fewest calls that answer it
 * once the deployment is known.
 */
export type Entry = {
  readonly name: string
  /** What is asked beside the least question (yesterday, all requests). */
  readonly body: Readonly<Record<string, unknown>>
  readonly calls: number
  /** Why no plan can do with less. */
  readonly why: string
  /** Set where more calls are made today. */
  readonly todo?: string
}

/** Aggregations, filters and windows as the tables write them. */
export const sum = (column: string) => ({ type: 'sum', column })
export const count = (column: string) => ({ type: 'count', column })
export const latency = (type: string) => ({ type, column: 'latencyMs' })
export const where = (fieldName: string, operator: string, value: unknown) => ({ fieldName, operator, value })
export const production = { metadataKey: 'env', operator: 'EQUAL', value: 'production' }
export const day = (text: string) => `${text}T00:00:00.000Z`
export const every = (interval: string) => ({ type: 'timeseries', interval })
export const hour = { startTs: '2026-06-09T10:00:00.000Z', endTs: '2026-06-09T11:00:00.000Z' }
export const tile = { startTs: '2026-06-09T10:24:00.000Z', endTs: '2026-06-09T11:12:00.000Z' }
export const month = { startTs: day('2026-05-11'), endTs: day('2026-06-10') }
export const weeks = { startTs: day('2026-05-11'), endTs: day('2026-06-08') }

/** The same question a day earlier: what teaches a deployment without asking for the same data. */
export function earlier(body: Entry['body']): Entry['body'] {
  const before = (at: unknown) => new Date(Date.parse(String(at)) - 86_400_000).toISOString()
  const { startTs = LEAST.startTs, endTs = LEAST.endTs } = body
  return { ...body, startTs: before(startTs), endTs: before(endTs) }
}
