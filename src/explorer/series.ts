import { type Answer, type Figure, groupName, type Row } from './answer.js'

/** Lines over one axis of time, as a plot takes them. */
export type Lines = {
  /** Seconds since the epoch, ascending. */
  readonly times: readonly number[]
  readonly lines: readonly Line[]
  /** Groups in all, those without a line included. */
  readonly groups: number
}

export type Line = {
  readonly name: string
  /** One a time; `null` = nothing is known there. */
  readonly values: readonly (number | null)[]
}

/** More lines than these nobody tells apart. */
export const MOST_LINES = 10

/**
 * A figure of a timeseries as one line for each group, those with the highest totals first. Where a group has no row its sums and
 * counts are 0, and its averages and percentiles unknown. Buckets in which nothing has a row are put in at both ends of such a gap.
 */
export const linesOf = ({ rows, groups }: Answer, figure: Figure): Lines => {
  const times = timesOf(rows)
  const at = new Map(times.map((time, index) => [time, index]))
  const byGroup = new Map<string, { readonly rows: Row[]; total: number }>()
  for (const row of rows) {
    const name = groupName(row, groups)
    const group = byGroup.get(name) ?? { rows: [], total: 0 }
    group.rows.push(row)
    group.total += numberOf(row.total) ?? 0
    byGroup.set(name, group)
  }
  const top = [...byGroup].sort(([, one], [, other]) => other.total - one.total).slice(0, MOST_LINES)
  const lines = top.map(([name, group]) => {
    const values = new Array<number | null>(times.length).fill(figure.additive ? 0 : null)
    for (const row of group.rows) {
      const index = at.get(startOf(row))
      if (index !== undefined) values[index] = numberOf(row[figure.key])
    }
    return { name: groups.length === 0 ? figure.key : name, values }
  })
  return { times, lines, groups: byGroup.size }
}

/** A value as a number; `null` where it is none. */
export const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)

const startOf = (row: Row): number => Date.parse(String(row.startTimestamp)) / 1000
const endOf = (row: Row): number => Date.parse(String(row.endTimestamp)) / 1000

const timesOf = (rows: readonly Row[]): readonly number[] => {
  const ends = new Map(rows.map((row) => [startOf(row), endOf(row)]))
  const starts = [...ends.keys()].sort((one, other) => one - other)
  return starts.flatMap((start, index) => {
    const end = ends.get(start) ?? start
    const next = starts[index + 1]
    if (next === undefined || next <= end) return [start]
    const before = next - (end - start)
    return before > end ? [start, end, before] : [start, end]
  })
}
