/**
 * The percentile `share` (0–1) of values sorted ascending, by linear interpolation between the closest ranks: the value at
 * position share × (n − 1), counted from 0. `null` of no values. The upstream does not publish its method; this is a choice.
 */
export function percentile(sorted: ArrayLike<number>, share: number): number | null {
  const position = share * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below]
  if (low === undefined) return null
  const high = sorted[below + 1] ?? low
  return low + (high - low) * (position - below)
}
