import type { Endpoint } from '../portkey/call.js'
import { STEPS } from '../portkey/graphs.js'
import type { Window } from '../query/query.js'
import { type Context, hasField } from './context.js'
import { cut, cutCount, gridStart, predictStep, spanLengths } from './ladder.js'
import type { CallNode, Group, Plan, Take, Where } from './plan.js'

/** A graph whose points are to fill buckets. */
export type Asked = {
  readonly endpoint: Endpoint
  readonly window: Window
  readonly edges: readonly number[]
  readonly where: Where
  /** The dimension that the points are read by; left out: as they are. */
  readonly split?: Group
}

/** A way to fill the buckets: its price, and the plan once it is known what is taken. */
export type Points = { readonly calls: number; readonly build: (takes: readonly Take[]) => Plan }

/**
 * Points fine enough that each lies in one bucket, added up: for additive measures. The coarsest step that divides every
 * bucket edge inside the window is asked with the fewest sub-windows. `null` when no step does.
 */
export function fineSeries(asked: Asked, context: Context): Points | null {
  const { window, edges } = asked
  const inner = edges.filter((edge) => edge > window.start && edge < window.end)
  const known = stepOf(window, context)
  if (inner.every((edge) => edge % known === 0)) return wholeWindow(asked, known)
  const options = STEPS.filter((step) => step < known && inner.every((edge) => edge % step === 0))
    .map((step) => ({ step, calls: cutCount(window, step, context.steps) }))
    .filter((option) => Number.isFinite(option.calls))
  const best = options.toSorted((one, other) => one.calls - other.calls)[0]
  if (!best) return null
  return {
    calls: best.calls,
    build: (takes) => {
      const pieces = cut(window, best.step, context.steps) ?? []
      const calls = pieces.map((piece) => pointsCall(asked, piece, piece, best.step, takes))
      return rebucket(asked, calls, false)
    },
  }
}

/**
 * Points that are the buckets, one each: for measures that do not add up. A window too short for its step is asked longer and
 * the points outside are dropped; a bucket that the window clips is asked by itself. `null` when no step is the interval.
 */
export function exactSeries(asked: Asked, context: Context): Points | null {
  const { window, edges } = asked
  const step = (edges[1] ?? 0) - (edges[0] ?? 0)
  if (
    !STEPS.includes(step) ||
    edges.some((edge, index) => edge % step !== 0 || (index > 0 && edge - (edges[index - 1] ?? 0) !== step))
  ) {
    return null
  }
  if (stepOf(window, context) === step) {
    return { calls: 1, build: (takes) => rebucket(asked, [pointsCall(asked, window, window, step, takes)], true) }
  }
  const full = edges.slice(0, -1).filter((start) => start >= window.start && start + step <= window.end)
  const clipped = edges.slice(0, -1).filter((start) => !full.includes(start))
  const first = full[0]
  if (first === undefined) return null
  const inside = { start: first, end: first + full.length * step }
  const spans = fittingSpans(inside, step, context)
  // A clipped bucket is a window of its own, and without a summary nothing says what does not add up of it.
  if (!spans || (clipped.length > 0 && !hasField(asked.endpoint, 'summary', context))) return null
  return {
    calls: spans.length + clipped.length,
    build: (takes) => {
      const series = spans.map(({ asked: piece, keep }) => pointsCall(asked, piece, keep, step, takes))
      const edgesOf = (start: number) => ({
        start: Math.max(start, window.start),
        end: Math.min(start + step, window.end),
      })
      const single = clipped.map(
        (start): Plan => ({
          op: 'rebucket',
          edges: [start, start + step],
          exact: true,
          of: {
            op: 'call',
            endpoint: asked.endpoint,
            window: edgesOf(start),
            where: asked.where,
            columns: [],
            read: { kind: 'window', takes },
          },
        }),
      )
      const points = rebucket(asked, series, true)
      return single.length === 0 ? points : { op: 'add', parts: [points, ...single] }
    },
  }
}

/** The step a window is expected to be answered with. */
function stepOf(window: Window, context: Context): number {
  return predictStep(window.end - window.start, context.steps)
}

function wholeWindow(asked: Asked, step: number): Points {
  return {
    calls: 1,
    build: (takes) => rebucket(asked, [pointsCall(asked, asked.window, asked.window, step, takes)], false),
  }
}

/** Windows that are answered with just this step and together hold `inside`; all on the step's grid. */
function fittingSpans(
  inside: Window,
  step: number,
  context: Context,
): readonly { readonly asked: Window; readonly keep: Window }[] | null {
  const lengths = spanLengths(step, context.steps)
  if (!lengths) return null
  const spans: { asked: Window; keep: Window }[] = []
  const origin = gridStart(inside.start, step, lengths.longest)
  for (let at = origin; at < inside.end; at += lengths.longest) {
    const keep = { start: Math.max(at, inside.start), end: Math.min(at + lengths.longest, inside.end) }
    // Earlier points cost nothing and are settled; later ones may not be.
    const fits = predictStep(keep.end - keep.start, context.steps) === step
    const reach = fits ? keep.start : keep.end - Math.max(lengths.shortest, keep.end - keep.start)
    spans.push({ asked: { start: reach, end: keep.end }, keep })
  }
  return spans
}

function pointsCall(asked: Asked, window: Window, keep: Window, step: number, takes: readonly Take[]): CallNode {
  return {
    op: 'call',
    endpoint: asked.endpoint,
    window,
    where: asked.where,
    columns: [],
    read: asked.split
      ? { kind: 'split', group: asked.split, takes, step, keep }
      : { kind: 'points', takes, step, keep },
  }
}

function rebucket(asked: Asked, calls: readonly CallNode[], exact: boolean): Plan {
  const [only] = calls
  const of: Plan = calls.length === 1 && only ? only : { op: 'add', parts: calls }
  return { op: 'rebucket', of, edges: asked.edges, exact }
}
