import type { Catalog } from '../catalog/catalog.js'
import type { DataPoint } from '../engine.js'
import { ServiceError } from '../errors.js'
import { bucketEdges } from '../query/buckets.js'
import { numberOf, type SeriesFrame } from './frames.js'
import { layoutOf, metaOf } from './layout.js'
import type { Target } from './target.js'

/** How rows without a value are named: a value can itself be the text `null`. */
const NO_VALUE = '(none)'

/**
 * The rows of a timeseries as one series for each group and number, the busiest group first. Every series has a point in every bucket that
 * has begun: 0 where sums and counts have nothing to add up, null where there is nothing to average. Throws `TOO_MANY_ROWS` where these
 * are more points than `maxRows` rows would have.
 */
export function seriesOf(
  target: Target,
  rows: readonly DataPoint[],
  { catalog, now, maxRows }: { readonly catalog: Catalog; readonly now: number; readonly maxRows: number },
): readonly SeriesFrame[] {
  const { query, refId } = target
  if (query.interval === null) return []
  const { groups, numbers } = layoutOf(target, catalog)
  const starts = bucketEdges(query.window, query.interval, query.timeZone)
    .slice(0, -1)
    .filter((start) => start < now)
  const named = groupsOf(
    rows,
    groups.map(({ text }) => text),
  )
  if (named.length * starts.length > maxRows) throw tooMany(named.length, starts.length, maxRows)
  return named.flatMap(({ tags, byStart }) =>
    numbers.map(({ text, unit, ofNone }): SeriesFrame => {
      const title = [text, ...Object.values(tags)].join(' ')
      const datapoints = starts.map((start) => {
        const row = byStart.get(start)
        return [row === undefined ? ofNone : numberOf(row[text]), start] as const
      })
      return { target: title, title, refId, unit, tags, datapoints, meta: metaOf(query) }
    }),
  )
}

type Group = {
  readonly tags: Readonly<Record<string, string>>
  readonly total: number
  /** Rows by their bucket's start, epoch ms. */
  readonly byStart: ReadonlyMap<number, DataPoint>
}

function groupsOf(rows: readonly DataPoint[], keys: readonly string[]): readonly Group[] {
  const members = new Map<string, DataPoint[]>()
  for (const row of rows) {
    const id = JSON.stringify(keys.map((key) => row[key] ?? null))
    const held = members.get(id)
    if (held === undefined) members.set(id, [row])
    else held.push(row)
  }
  const groups = [...members.values()].map((own) => ({
    tags: Object.fromEntries(keys.map((key) => [key, String(own[0]?.[key] ?? NO_VALUE)])),
    total: own.reduce((sum, { total }) => sum + (numberOf(total) ?? 0), 0),
    byStart: new Map(own.map((row) => [Date.parse(String(row.startTimestamp)), row])),
  }))
  return groups.sort((one, other) => other.total - one.total)
}

function tooMany(groups: number, buckets: number, most: number): ServiceError {
  return new ServiceError(
    'TOO_MANY_ROWS',
    `${groups} groups in ${buckets} buckets are more than MAX_ROWS, ${most}. Set limit, add filters, or ask for a longer interval.`,
  )
}
