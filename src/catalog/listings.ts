import type { Endpoint } from '../portkey/call.js'
import type { DimensionRef } from './dimensions.js'
import { USER_KEY } from './subjects.js'
import type { Dimension, ListingName, PartName } from './types.js'

/** A listing of a dimension's values. */
export type ListingEntry = {
  readonly endpoint: Endpoint
  /** It takes opt-in columns. */
  readonly optIn: boolean
  readonly name: ListingName
  /** Shows status codes of 400 and more alone. */
  readonly failuresOnly?: true
  /** Never shows requests without a value, however many there are. */
  readonly valuedOnly?: true
  /** Does not say how many requests have a value. */
  readonly uncounted?: true
}

/** The listings that show a dimension's values: the richer first, the older ones as what older deployments have. */
export function listingsOf(ref: DimensionRef): readonly ListingEntry[] {
  switch (ref.kind) {
    case 'dimension': {
      const newer: ListingEntry = { endpoint: { kind: 'group', name: ref.name }, optIn: true, name: ref.name }
      return [newer, ...(OLDER[ref.name] ?? [])]
    }
    case 'metadata': {
      const own: ListingEntry = { endpoint: { kind: 'metadataGroup', key: ref.key }, optIn: false, name: 'metadata' }
      return ref.key === USER_KEY ? [own, USERS] : [own]
    }
    case 'part':
      return OF_PARTS[ref.name] ?? []
    case 'parameter':
      return []
  }
}

/** A listing of some of a dimension's values, with figures that are nothing for all others. */
export function partialListingOf(ref: DimensionRef): ListingEntry | undefined {
  return ref.kind === 'dimension' ? PARTIAL[ref.name] : undefined
}

const USERS: ListingEntry = { endpoint: { kind: 'group', name: 'users' }, optIn: false, name: 'users' }

const OLDER: Readonly<Partial<Record<Dimension, readonly ListingEntry[]>>> = {
  model: [{ endpoint: { kind: 'group', name: 'ai-models' }, optIn: false, name: 'ai-models' }],
  status_code: [
    {
      endpoint: { kind: 'graph', name: 'errors/status-codes' },
      optIn: false,
      name: 'errors/status-codes',
      failuresOnly: true,
    },
  ],
}

const OF_PARTS: Readonly<Partial<Record<PartName, readonly ListingEntry[]>>> = {
  feedbackScore: [
    {
      endpoint: { kind: 'graph', name: 'feedbacks/scores' },
      optIn: false,
      name: 'feedbacks/scores',
      valuedOnly: true,
    },
  ],
}

const PARTIAL: Readonly<Partial<Record<Dimension, ListingEntry>>> = {
  model: {
    endpoint: { kind: 'graph', name: 'feedbacks/ai-models' },
    optIn: false,
    name: 'feedbacks/ai-models',
    uncounted: true,
  },
}
