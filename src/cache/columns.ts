import { LRUCache } from 'lru-cache'
import type { Call, GroupColumn } from '../portkey/call.js'
import { pathOf } from '../portkey/endpoints.js'

/**
 * The columns of a listing that questions of a scope are asking for these days. A call that is made anyway carries them all, so that
 * panels which read different columns of one listing share it.
 */
export type ColumnsInUse = {
  /** The call with every column in use; the same call when it has no columns, or its filters leave too little room in the URL. */
  readonly widened: (call: Call, scope: string) => Call
  /** Takes note that a question asked for these columns and was answered. */
  readonly note: (call: Call, scope: string) => void
}

/** A column that nobody asked for during this long is carried no longer. */
const IN_USE_MS = 600_000
/** Listings of scopes remembered at once. */
const MOST_LISTINGS = 2_000
/** Filters up to so many characters leave room for all columns. */
const ROOMY = 4_000

/** Nothing is in use at first; `now` is the clock, epoch ms. */
export function createColumnsInUse(now: () => number): ColumnsInUse {
  const listings = new LRUCache<string, ReadonlyMap<GroupColumn, number>>({ max: MOST_LISTINGS })
  const nameOf = (call: Call, scope: string) => JSON.stringify([scope, pathOf(call.endpoint)])
  return {
    widened(call, scope) {
      if (call.columns.length === 0 || JSON.stringify(call.filters).length > ROOMY) return call
      const since = now() - IN_USE_MS
      const used = [...(listings.get(nameOf(call, scope)) ?? [])].flatMap(([name, at]) => (at >= since ? [name] : []))
      const columns = [...new Set([...call.columns, ...used])].sort()
      return columns.length === call.columns.length ? call : { ...call, columns }
    },
    note(call, scope) {
      if (call.columns.length === 0) return
      const name = nameOf(call, scope)
      const at = now()
      listings.set(
        name,
        new Map([...(listings.get(name) ?? []), ...call.columns.map((column) => [column, at] as const)]),
      )
    },
  }
}
