import { createHash } from 'node:crypto'
import type { Call } from '../portkey/call.js'
import { encode } from '../portkey/encode.js'
import type { Held, Variant } from './held.js'
import type { Store } from './store.js'

/** Whose answers these are: nothing is ever shared across different scopes. */
export type Owner = { readonly scope: string; readonly workspace: string | null }

/** Answers to one call with other columns that are kept beside each other. */
const MOST_VARIANTS = 3

/** What is held that answers a call, with its columns or more, the newest first. */
export function answersOf(store: Store, call: Call, owner: Owner): readonly Variant[] {
  const held = store.answers(placeOf(call, owner))
  return held.filter(({ columns }) => call.columns.every((column) => columns.includes(column)))
}

/** Keeps an answer. An older one that it makes needless goes; an older one takes nothing away. */
export function keepAnswer(store: Store, call: Call, owner: Owner, { answer, fetchedAt }: Held): void {
  const place = placeOf(call, owner)
  const { columns } = call
  const others = store
    .answers(place)
    .filter((other) => other.fetchedAt > fetchedAt || !other.columns.every((column) => columns.includes(column)))
  const all = [...others, { answer, fetchedAt, columns }].toSorted((one, other) => other.fetchedAt - one.fetchedAt)
  store.keepAnswers(place, all.slice(0, MOST_VARIANTS))
}

/** Names an answer: whose it is and exactly what was asked. A digest, for filters can be long. */
export function nameOf(call: Call, owner: Owner): string {
  return digest([owner.scope, encode(call, owner.workspace)])
}

/** Names the series that points of a graph belong to: whose, which graph, which filters. */
export function seriesOf(call: Call, owner: Owner): string {
  const known = seriesNames.get(call)
  if (known !== undefined && known.scope === owner.scope) return known.name
  const name = digest([owner.scope, 'series', encode({ ...call, window: { start: 0, end: 1 } }, owner.workspace)])
  seriesNames.set(call, { scope: owner.scope, name })
  return name
}

/** Every bucket of a question looks its series up. */
const seriesNames = new WeakMap<Call, { readonly scope: string; readonly name: string }>()

function placeOf(call: Call, owner: Owner): string {
  return nameOf(call.columns.length === 0 ? call : { ...call, columns: [] }, owner)
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
