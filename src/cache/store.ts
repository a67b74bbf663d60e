import { LRUCache } from 'lru-cache'
import type { Answer } from '../portkey/answer.js'
import type { Variant } from './held.js'

/** One bucket of a series, from a call that covered it whole. */
export type Point = {
  /** Epoch ms at which it was asked for. */
  readonly fetchedAt: number
  readonly values: Readonly<Record<string, number | null>>
}

/** Whole answers and single points, bounded together; the least recently used go first. */
export type Store = {
  /** Answers to one call with different columns; none when nothing is held. */
  readonly answers: (key: string) => readonly Variant[]
  readonly keepAnswers: (key: string, variants: readonly Variant[]) => void
  readonly point: (key: string) => Point | undefined
  readonly keepPoint: (key: string, point: Point) => void
  /** Bytes held, as they are counted. */
  readonly bytes: () => number
}

/** A store of at most `maxBytes` bytes. What is larger than all of it is not kept. */
export function createStore(maxBytes: number): Store {
  const entries = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: (entry, key) => sizeOfText(key) + ENTRY_BYTES + sizeOf(entry),
  })
  return {
    answers(key) {
      const entry = entries.get(key)
      return entry?.kind === 'answers' ? entry.variants : []
    },
    keepAnswers: (key, variants) => entries.set(key, { kind: 'answers', variants }),
    point(key) {
      const entry = entries.get(key)
      return entry?.kind === 'point' ? entry.point : undefined
    },
    keepPoint: (key, point) => entries.set(key, { kind: 'point', point }),
    bytes: () => entries.calculatedSize,
  }
}

type Entry =
  | { readonly kind: 'answers'; readonly variants: readonly Variant[] }
  | { readonly kind: 'point'; readonly point: Point }

/** What an entry takes beside its content: places in the cache's tables, the objects around the numbers. Measured on Node 20. */
const ENTRY_BYTES = 250
const ARRAY_BYTES = 100
const NUMBER_BYTES = 12

function sizeOf(entry: Entry): number {
  if (entry.kind === 'point') return sizeOfFigures(entry.point.values)
  return entry.variants.reduce((sum, { answer }) => sum + ARRAY_BYTES + sizeOfAnswer(answer), 0)
}

/** About how many bytes of memory an answer takes. */
export function sizeOfAnswer(answer: Answer): number {
  switch (answer.kind) {
    case 'series':
      return answer.starts.length * NUMBER_BYTES + sizeOfColumns(answer.fields) + sizeOfFigures(answer.summary)
    case 'listing':
      return answer.values.reduce((sum, value) => sum + sizeOfText(value), 0) + sizeOfColumns(answer.fields)
    case 'summary':
      return sizeOfFigures(answer.summary)
  }
}

function sizeOfColumns(fields: Readonly<Record<string, readonly unknown[]>>): number {
  return Object.values(fields).reduce((sum, column) => sum + ARRAY_BYTES + column.length * NUMBER_BYTES, 0)
}

function sizeOfFigures(figures: Readonly<Record<string, unknown>>): number {
  return ARRAY_BYTES + Object.keys(figures).length * (NUMBER_BYTES + 8)
}

function sizeOfText(text: string): number {
  return 40 + 2 * text.length
}
