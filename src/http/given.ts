import type { Given } from './answering.js'

/** What is said of a reply that rests on several answers; of none: nothing was needed. `now` is epoch ms. */
export const allGiven = (given: readonly Given[], now: number): Omit<Given, 'body' | 'format' | 'price' | 'about'> => {
  const oldest = given.flatMap(({ oldestAt }) => oldestAt ?? [])
  const [first, ...others] = [...new Set(given.map(({ cache }) => cache))]
  const one = others.length === 0 ? (first ?? 'hit') : 'partial'
  const longest = (of: (timing: Given['timing']) => number) => Math.max(0, ...given.map(({ timing }) => of(timing)))
  return {
    cache: given.some(({ cache }) => cache === 'stale') ? 'stale' : one,
    oldestAt: oldest.length === 0 ? null : Math.min(...oldest),
    settledUntil: Math.min(now, ...given.map(({ settledUntil }) => settledUntil)),
    upstreamCalls: given.reduce((sum, { upstreamCalls }) => sum + upstreamCalls, 0),
    // They were asked at the same time.
    timing: {
      planMs: longest(({ planMs }) => planMs),
      upstreamMs: longest(({ upstreamMs }) => upstreamMs),
      shapeMs: longest(({ shapeMs }) => shapeMs),
    },
  }
}
