import type { Point } from './question.js'

/** The language's order: by start, then `total` descending, then the values of the keys ascending, null last. */
export function orderPoints(points: readonly Point[], keys: readonly string[]): readonly Point[] {
  return points.toSorted(
    (one, other) =>
      compare(one.startTimestamp ?? '', other.startTimestamp ?? '') ||
      Number(other.total) - Number(one.total) ||
      compareKeys(one, other, keys),
  )
}

/** The points of the N combinations of values with the highest total over all points; all points without a limit. */
export function topGroups(
  points: readonly Point[],
  keys: readonly string[],
  limit: number | undefined,
): readonly Point[] {
  if (limit === undefined) return points
  const sums = new Map<string, Point>()
  for (const point of points) {
    const name = nameOf(point, keys)
    sums.set(name, { ...point, startTimestamp: '', total: Number(point.total) + Number(sums.get(name)?.total ?? 0) })
  }
  const top = new Set(
    orderPoints([...sums.values()], keys)
      .slice(0, limit)
      .map((point) => nameOf(point, keys)),
  )
  return points.filter((point) => top.has(nameOf(point, keys)))
}

function nameOf(point: Point, keys: readonly string[]): string {
  return JSON.stringify(keys.map((key) => point[key] ?? null))
}

function compareKeys(one: Point, other: Point, keys: readonly string[]): number {
  for (const key of keys) {
    const order = compare(one[key] ?? null, other[key] ?? null)
    if (order !== 0) return order
  }
  return 0
}

function compare(one: Point[string], other: Point[string]): number {
  if (one === other) return 0
  if (one === null) return 1
  if (other === null) return -1
  return one !== undefined && other !== undefined && one < other ? -1 : 1
}
