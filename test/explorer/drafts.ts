import { addressOf } from '../../src/explorer/address.js'
import { type Draft, FIRST_DRAFT } from '../../src/explorer/question.js'
import { YESTERDAY } from '../engine/service.js'

/** The cost of yesterday by the hour. */
export const HOURLY: Draft = {
  ...FIRST_DRAFT,
  span: { kind: 'exact', ...YESTERDAY },
  aggregations: [{ type: 'sum', column: 'costInUSD' }],
}

/** The same by model, without time. */
export const BY_MODEL: Draft = { ...HOURLY, type: 'distribution', groupBy: ['modelName'] }

/** The address of the page with a question in it. */
export const asking = (url: string, draft: Draft): string => `${url}#${addressOf(draft)}`
