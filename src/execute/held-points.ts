import type { Tiles } from '../cache/points.js'
import { isOutage } from '../errors.js'
import { isAdditive } from '../plan/measures.js'
import type { CallNode, Plan, RebucketNode, Take } from '../plan/plan.js'
import { noteAnswer } from '../plan/trace.js'
import type { Call } from '../portkey/call.js'
import { STEPS } from '../portkey/graphs.js'
import type { Window } from '../query/query.js'
import { callsOf } from './call.js'
import { add, rebucket } from './combine.js'
import type { Run, RunPart, Slots } from './context.js'
import { together } from './findings.js'
import { cellOf } from './read-series.js'
import { type Row, type Table, tableOf } from './table.js'

/**
 * Points into buckets. A call whose buckets are all held, as points of whatever windows were asked before, is not made: that is what
 * makes a sliding window cheap.
 */
export async function runRebucket(node: RebucketNode, slots: Slots, run: Run, runPart: RunPart): Promise<Table> {
  const parts = node.of.op === 'add' ? node.of.parts : [node.of]
  const asked = parts.map(async (part): Promise<Table> => {
    const held = heldPoints(part, node.edges, slots, run, run.stale)
    if (held !== null) return held
    return runPart(part, slots, run).catch((error: unknown) => {
      const stale = isOutage(error) ? heldPoints(part, node.edges, slots, run, true) : null
      if (stale === null) throw error
      return stale
    })
  })
  return rebucket(add(await together(asked)), node.edges)
}

/** The one cell of a graph's window, if held points make it up; `null` otherwise. */
export function heldWindow(node: CallNode, slots: Slots, run: Run): Table | null {
  if (node.read.kind !== 'window') return null
  const fields = fieldsOf(node.read.takes)
  const [call, ...others] = callsOf(node, slots, run.fits)
  if (fields === null || call === undefined || others.length > 0 || run.holds(call)) return null
  const tiles = tilesOf(call, { span: node.window, takes: node.read.takes, fields, stale: run.stale }, run)
  if (tiles === null) return null
  use([tiles], node, run)
  const cells = node.read.takes.map((take) => {
    const values = tiles.points.map(({ values }) => figureOf(take, values))
    return [take.measure, values.length === 1 ? cellOf(take, values[0]) : sumOf(values)] as const
  })
  return tableOf([], measuresOf(node), [{ start: null, keys: [], cells: new Map(cells) }])
}

/** The points of a call that buckets are made of, if all of them are held; `null` otherwise. */
function heldPoints(part: Plan, edges: readonly number[], slots: Slots, run: Run, stale: boolean): Table | null {
  if (part.op !== 'call' || part.read.kind !== 'points') return null
  const { takes, keep } = part.read
  const fields = fieldsOf(takes)
  const [call, ...others] = callsOf(part, slots, run.fits)
  if (fields === null || call === undefined || others.length > 0 || run.holds(call)) return null
  const found: Tiles[] = []
  for (const [index, edge] of edges.slice(0, -1).entries()) {
    const span = { start: Math.max(edge, keep.start), end: Math.min(edges[index + 1] ?? edge, keep.end) }
    if (span.start >= span.end || span.start > run.clock.now) continue
    const tiles = tilesOf(call, { span, takes, fields, stale }, run)
    if (tiles === null) return null
    found.push(tiles)
  }
  if (found.length === 0) return null
  use(found, part, run)
  const rows = found.flatMap(({ points }) =>
    points.map(({ start, values }): Row => {
      const cells = takes.map((take) => [take.measure, cellOf(take, figureOf(take, values))] as const)
      return { start, keys: [], cells: new Map(cells) }
    }),
  )
  return tableOf([], measuresOf(part), rows)
}

type Needed = {
  readonly span: Window
  readonly takes: readonly Take[]
  readonly fields: readonly string[]
  readonly stale: boolean
}

/** Points that make up a span: one, or several where everything taken adds up. The coarsest are looked for first. */
function tilesOf(call: Call, { span, takes, fields, stale }: Needed, run: Run): Tiles | null {
  const length = span.end - span.start
  const adds = takes.every((take) => isAdditive(take.measure))
  for (const step of STEPS.toReversed()) {
    const fits = step === length || (adds && step < length && length % step === 0)
    if (!fits || span.start % step !== 0) continue
    const tiles = run.tiles(call, { span, step, fields, stale })
    if (tiles !== null) return tiles
  }
  return null
}

function use(tiles: readonly Tiles[], node: CallNode, run: Run): void {
  for (const each of tiles) run.used(each)
  if (run.trace) noteAnswer(run.trace, node, 0)
}

function fieldsOf(takes: readonly Take[]): readonly string[] | null {
  if (!takes.every((take) => take.from === 'field')) return null
  return takes.flatMap((take) => take.points ?? [take.field])
}

/** What is taken of a point: a field, or several that add up. */
function figureOf(take: Take, values: Values): number | null | undefined {
  if (take.from !== 'field') return undefined
  return take.points ? sumOf(take.points.map((field) => values[field])) : values[take.field]
}

type Values = Tiles['points'][number]['values']

function measuresOf(node: CallNode): readonly Take['measure'][] {
  return node.read.takes.map((take) => take.measure)
}

function sumOf(values: readonly (number | null | undefined)[]): number {
  return values.reduce((sum: number, value) => sum + (value ?? 0), 0)
}
