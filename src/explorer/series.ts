import { type Answer, type Figure, groupId, groupNames, type Row } from './answer.js'

/** Lines over one axis of time, as a plot takes them. */
export type Lines = {
  /** Seconds since the epoch, ascending. */
  readonly times: readonly number[]
  readonly lines: readonly Line[]
  /** Groups in all, those without a line included. */
  readonly groups: number
}

/** One group over time, by the name in the legend. */
export type Line = {
  readonly name: string
  /** One a time; `null` = nothing is known there. */
  readonly values: readonly (number | null)[]
}

/** More lines than these nobody tells apart. */
export const MOST_LINES = 10

/**
 * A figure of a timeseries as one line for each group, those with the highest totals first. Where a group has no row its sums and
 * counts are 0, and its averages and percentiles unknown. Buckets in which nothing has a row are put in at both ends of such a gap,
 * be it between rows, before the first or after the last.
 */
export const linesOf = (answer: Answer, figure: Figure): Lines => {
  const { rows, groups } = answer
  const times = timesOf(answer)
  const at = new Map(times.map((time, index) => [time, index]))
  const byGroup = new Map<string, { readonly rows: Row[]; total: number }>()
  for (const row of rows) {
    const id = groupId(row, groups)
    const group = byGroup.get(id) ?? { rows: [], total: 0 }
    group.rows.push(row)
    group.total += numberOf(row.total) ?? 0
    byGroup.set(id, group)
  }
  const top = [...byGroup.values()].sort((one, other) => other.total - one.total).slice(0, MOST_LINES)
  const names = groupNames(
    top.flatMap((group) => group.rows.slice(0, 1)),
    groups,
  )
  const lines = top.map((group, rank) => {
    const values = new Array<number | null>(times.length).fill(figure.additive ? 0 : null)
    for (const row of group.rows) {
      const index = at.get(startOf(row))
      if (index !== undefined) values[index] = numberOf(row[figure.key])
    }
    return { name: groups.length === 0 ? figure.key : (names[rank] ?? ''), values }
  })
  return { times, lines, groups: byGroup.size }
}

/** A value as a number; `null` where it is none. */
export const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)

const startOf = (row: Row): number => Date.parse(String(row.startTimestamp)) / 1000
const endOf = (row: Row): number => Date.parse(String(row.endTimestamp)) / 1000

const timesOf = ({ rows, window, askedAt }: Answer): readonly number[] => {
  const ends = new Map(rows.map((row) => [startOf(row), endOf(row)]))
  const starts = [...ends.keys()].sort((one, other) => one - other)
  const from = Date.parse(window.startTs) / 1000
  const until = Math.min(Date.parse(window.endTs), askedAt) / 1000
  const inner = starts.flatMap((start, index) => {
    const end = ends.get(start) ?? start
    const width = end - start
    // After the last row: the first bucket that had not begun, or is not in the window.
    const next = starts[index + 1] ?? end + Math.ceil(Math.max(0, until - end) / width) * width
    const before = next - width
    if (!(next > end)) return [start]
    return before > end ? [start, end, before] : [start, end]
  })
  const first = starts[0] ?? from
  return [...leadOf(from, first, (ends.get(first) ?? first) - first), ...inner]
}

/** The ends of the gap between a window's start and its first row. */
const leadOf = (from: number, first: number, width: number): readonly number[] => {
  const buckets = Math.ceil((first - from) / width)
  if (!(buckets >= 1)) return []
  // Months are not of one width: no bucket of theirs is put before the window.
  const start = Math.max(from, first - buckets * width)
  return buckets > 1 ? [start, first - width] : [start]
}
