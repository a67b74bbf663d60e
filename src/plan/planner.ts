import type { Catalog } from '../catalog/catalog.js'
import { type DimensionRef, dimensionId } from '../catalog/dimensions.js'
import { bucketEdges } from '../query/buckets.js'
import type { Query } from '../query/query.js'
import type { Capabilities, Doubts } from './capabilities.js'
import type { Context } from './context.js'
import { solveCounts } from './counts.js'
import { fieldNameOf } from './fields.js'
import { todoOf } from './filters.js'
import { formulasOf, type Output, rowMeasureOf } from './formulas.js'
import type { Goal } from './goal.js'
import { groupsOf } from './group-by.js'
import { observe } from './ladder.js'
import { newMemo } from './memo.js'
import { impossible } from './obstacle.js'
import type { Group, MeasureKey, Plan } from './plan.js'
import { type Refusal, refuse } from './refusal.js'
import { restrictionOf } from './restriction.js'
import { checkRetention } from './retention.js'
import { distinctDimensions } from './same-dimension.js'
import { substitutes } from './substitutes.js'
import type { Costed } from './way.js'

/** What a plan depends on besides the question. */
export type Knowledge = {
  readonly capabilities: Capabilities
  readonly doubts: Doubts
  /** What the question's names mean, `METADATA_BINDINGS` applied. */
  readonly catalog: Catalog
  /** Epoch ms, one for all the calls of a question. */
  readonly now: number
  readonly retentionDays: number | null
}

/** A planned question: the tree, and how its table becomes rows. */
export type Planned = {
  /** The tree; built when it is first looked at, for a plan that is too dear is never built. */
  readonly root: () => Plan
  /** Calls it takes whatever is listed. */
  readonly least: number
  /** Expected upstream calls. */
  readonly calls: number
  /** Calls that have to wait for each other. */
  readonly rounds: number
  /** In the order asked. */
  readonly groups: readonly Group[]
  /** Bucket starts and the last end, epoch ms; `null` on a distribution. */
  readonly edges: readonly number[] | null
  readonly outputs: readonly Output[]
  /** The measure that counts the rows of a cell: `total` of the reply. */
  readonly rowMeasure: MeasureKey
}

/**
 * The cheapest exact plan for a question. Pure: the same knowledge gives the same plan. Throws a 422 `ServiceError` that names
 * what is in the way when no exact plan is left.
 */
export function planQuery(query: Query, knowledge: Knowledge): Planned {
  checkRetention(query.window, knowledge.now, knowledge.retentionDays)
  const { catalog, now } = knowledge
  const grouping = groupsOf(query, catalog)
  const formulas = formulasOf(query, grouping.groups, catalog)
  const restriction = restrictionOf(query, grouping.groups, catalog)
  raise([...grouping.refusals, ...formulas.refusals, ...restriction.refusals])
  const rowMeasure = rowMeasureOf(query, catalog)
  const measures = measuresOf(rowMeasure, formulas.outputs)
  const edges = query.interval ? begun(bucketEdges(query.window, query.interval, query.timeZone), now) : null
  const planned = { groups: grouping.groups, edges, outputs: formulas.outputs, rowMeasure }
  const nothingBegan = query.window.start > now || edges?.length === 1
  if (restriction.impossible || nothingBegan)
    return { ...planned, root: () => ({ op: 'empty', measures }), calls: 0, least: 0, rounds: 0 }
  const { capabilities, doubts } = knowledge
  const steps = doubts.steps.reduce(observe, capabilities.steps)
  const nameOf = (dimension: DimensionRef) => fieldNameOf(catalog, query.datasource, dimension)
  const dimensions = [
    ...grouping.groups.map(({ dimension }) => dimension),
    ...restriction.filters.map(({ dimension }) => dimension),
    ...formulas.counted.map(({ group }) => group.dimension),
  ]
  const { counted } = formulas
  const context: Context = { capabilities, doubts, steps, nameOf, dimensions, counted, rowMeasure, memo: newMemo() }
  const { groups, spread } = distinctDimensions(grouping.groups)
  const keptOf = (group: Group) =>
    restriction.kept.find((kept) => dimensionId(kept.group.dimension) === dimensionId(group.dimension))
  const goal: Goal = {
    measures,
    groups,
    edges,
    window: query.window,
    where: restriction.where,
    testsOf: (group) => keptOf(group)?.tests ?? [],
  }
  const { way, outputs } = withAverages(goal, formulas.outputs, rowMeasure, (asked) =>
    solveCounts(asked, todoOf(restriction), context, spread),
  )
  if (way.kind === 'impossible') {
    raise([...doubts.barred.values()])
    throw impossible(
      obstacle(way.measures, goal, rowMeasure, (asked) => solveCounts(asked, todoOf(restriction), context, spread)),
      query,
      context,
    )
  }
  return { ...planned, outputs, root: way.build, calls: way.calls, least: way.least, rounds: way.rounds }
}

/** What is in the way: all that cannot be had even by itself, or else what the search met. */
function obstacle(
  met: readonly MeasureKey[],
  goal: Goal,
  rowMeasure: MeasureKey,
  solve: (goal: Goal) => Costed,
): readonly MeasureKey[] {
  const isIn = (measure: MeasureKey) =>
    solve({ ...goal, measures: [...new Set([rowMeasure, measure])] }).kind === 'impossible'
  if (isIn(rowMeasure)) return [rowMeasure]
  const alone = goal.measures.filter((measure) => measure !== rowMeasure && isIn(measure))
  return alone.length > 0 ? alone : met
}

/** The cheapest way, with averages or sums in each other's place where what the formulas ask for is not to be had. */
function withAverages(
  goal: Goal,
  outputs: readonly Output[],
  rowMeasure: MeasureKey,
  solve: (goal: Goal) => Costed,
): { readonly way: Costed; readonly outputs: readonly Output[] } {
  const way = solve(goal)
  if (way.kind === 'way') return { way, outputs }
  for (const others of substitutes(outputs)) {
    const other = solve({ ...goal, measures: measuresOf(rowMeasure, others) })
    if (other.kind === 'way') return { way: other, outputs: others }
  }
  return { way, outputs }
}

/** The row count first: it decides which cells there are, and `total` is in every row. */
function measuresOf(rowMeasure: MeasureKey, outputs: readonly Output[]): readonly MeasureKey[] {
  return [...new Set<MeasureKey>([rowMeasure, ...outputs.flatMap(measuresOfOutput)])]
}

function measuresOfOutput(output: Output): readonly MeasureKey[] {
  switch (output.kind) {
    case 'grouped':
      return []
    case 'measure':
    case 'perRequest':
      return [output.measure]
    case 'ratio':
    case 'where':
      return [output.measure, output.over]
  }
}

/** The buckets that have begun. */
function begun(edges: readonly number[], now: number): readonly number[] {
  const ahead = edges.findIndex((edge) => edge > now)
  return ahead === -1 ? edges : edges.slice(0, ahead + 1)
}

function raise(refusals: readonly Refusal[]): void {
  const [first, ...others] = refusals
  if (first) throw refuse(first, ...others)
}
