import type { Test } from 'tap'
import type { TrafficRow } from '../../src/emulator/emulator.js'

/** A row of a reply. */
export type Row = Readonly<Record<string, unknown>>

/** A figure of some requests, by the plainest reading of the language. */
export type Figure = (rows: readonly TrafficRow[]) => number | null

type Reading = (row: TrafficRow) => number
type Value = string | number | boolean | null

export const inputTokens: Reading = (row) => row.inputTokens
export const outputTokens: Reading = (row) => row.outputTokens
export const usd: Reading = (row) => row.costCents / 100
export const latency: Reading = (row) => row.latencyMs

/** Sum; 0 of nothing. */
export function sum(of: Reading): Figure {
  return (rows) => rows.reduce((total, row) => total + of(row), 0)
}

/** Mean; null of nothing. */
export function avg(of: Reading): Figure {
  return (rows) => (rows.length === 0 ? null : rows.reduce((total, row) => total + of(row), 0) / rows.length)
}

/** The value at position share × (n − 1), between two values in proportion; null of nothing. */
export function percentile(share: number): Figure {
  return (rows) => {
    if (rows.length === 0) return null
    const sorted = rows.map(latency).toSorted((one, other) => one - other)
    const position = share * (sorted.length - 1)
    const low = sorted[Math.floor(position)] ?? Number.NaN
    const high = sorted[Math.ceil(position)] ?? Number.NaN
    return low + (high - low) * (position % 1)
  }
}

/** How many requests there are: a count of a column that is never null. */
export const count: Figure = (rows) => rows.length

/** How many of the requests have a value. */
export function countOf(value: (row: TrafficRow) => Value): Figure {
  return (rows) => rows.filter((row) => value(row) !== null).length
}

/** How many values there are, null apart. */
export function distinctOf(value: (row: TrafficRow) => Value): Figure {
  return (rows) => new Set(rows.map(value).filter((one) => one !== null)).size
}

export type Figures = Readonly<Record<string, Figure>>

/** One row in all. */
export function whole(rows: readonly TrafficRow[], figures: Figures = {}): Row {
  return { total: rows.length, ...Object.fromEntries(Object.entries(figures).map(([key, of]) => [key, of(rows)])) }
}

/** One row a value: most requests first, equals by value, null last. */
export function byValue(
  rows: readonly TrafficRow[],
  key: string,
  value: (row: TrafficRow) => Value,
  figures: Figures = {},
): readonly Row[] {
  const values = [...new Set(rows.map(value))]
  return values
    .map((one) => ({ one, of: rows.filter((row) => value(row) === one) }))
    .toSorted((a, b) => b.of.length - a.of.length || order(a.one, b.one))
    .map(({ one, of }) => ({ [key]: one, ...whole(of, figures) }))
}

/** One row a bucket, empty ones too; `edges` are bucket starts and the last end. */
export function byBucket(rows: readonly TrafficRow[], edges: readonly number[], figures: Figures = {}): readonly Row[] {
  return edges.slice(0, -1).map((start, index) => {
    const end = edges[index + 1] ?? start
    const stamps = { startTimestamp: new Date(start).toISOString(), endTimestamp: new Date(end).toISOString() }
    return {
      ...stamps,
      ...whole(
        rows.filter((row) => row.at >= start && row.at < end),
        figures,
      ),
    }
  })
}

/** Edges of equal buckets from `start` until `end` is covered, epoch ms. */
export function edgesOf(start: number, end: number, size: number): readonly number[] {
  return Array.from({ length: Math.ceil((end - start) / size) + 1 }, (_, index) => start + index * size)
}

/** Sums of floats in another order differ in the last digits. */
const CLOSE = 1e-9

/** Checks that rows are the same, in the same order, with numbers equal but for the rounding of sums. */
export function sameRows(t: Test, got: readonly Row[], want: readonly Row[], name: string): void {
  const snapped = got.map((row, index) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, snap(value, want[index]?.[key])])),
  )
  t.strictSame(snapped, want, name)
}

function snap(got: unknown, want: unknown): unknown {
  if (typeof got !== 'number' || typeof want !== 'number') return got
  return Math.abs(got - want) <= CLOSE * Math.max(Math.abs(got), Math.abs(want)) ? want : got
}

function order(one: Value, other: Value): number {
  if (one === null) return 1
  if (other === null) return -1
  return one < other ? -1 : 1
}
