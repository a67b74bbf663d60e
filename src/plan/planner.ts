import { CATALOG } from '../catalog/catalog.js'
import { dimensionEntry, dimensionId, listingsOf } from '../catalog/dimensions.js'
import { ServiceError } from '../errors.js'
import { bucketEdges } from '../query/buckets.js'
import type { FieldRef, Query } from '../query/query.js'
import type { Capabilities, Doubts } from './capabilities.js'
import { type Context, type Costed, constrained, isAdditive, isThere } from './context.js'
import { type Bindings, entryOf, groupOf, metadataGroup } from './fields.js'
import { formulasOf, type Output } from './formulas.js'
import { planGroups } from './groups.js'
import { pair } from './pairs.js'
import type { Group, MeasureKey, Plan, Where } from './plan.js'
import { keepsNull } from './predicate.js'
import { GUESSED_VALUES } from './price.js'
import { type Refusal, refuse } from './refusal.js'
import { type Restriction, restrictionOf } from './restriction.js'
import { planSeries } from './series.js'
import { planTotal } from './total.js'

/** What a plan depends on besides the question. */
export type Knowledge = {
  readonly capabilities: Capabilities
  readonly doubts: Doubts
  readonly bindings: Bindings
  /** Epoch ms, one for all the calls of a question. */
  readonly now: number
  readonly retentionDays: number | null
}

/** A planned question: the tree, and how its table becomes rows. */
export type Planned = {
  readonly root: Plan
  /** Expected upstream calls. */
  readonly calls: number
  readonly groups: readonly Group[]
  /** Bucket starts and the last end, epoch ms; `null` on a distribution. */
  readonly edges: readonly number[] | null
  readonly outputs: readonly Output[]
}

/**
 * The cheapest exact plan for a question. Pure: the same knowledge gives the same plan. Throws a 422 `ServiceError` that names
 * what is in the way when no exact plan is left.
 */
export function planQuery(query: Query, knowledge: Knowledge): Planned {
  checkRetention(query, knowledge)
  const { bindings, now } = knowledge
  const refusals: Refusal[] = []
  const groups = query.groupBy.flatMap((ref, index): Group[] => {
    const group = resolveGroup(query, ref, bindings)
    if (group.kind === 'group') return [group.group]
    refusals.push({ path: `/groupBy/${index}`, ...group.refusal })
    return []
  })
  const formulas = formulasOf(query, groups, bindings)
  const restriction = restrictionOf(query, groups, bindings)
  raise([...refusals, ...formulas.refusals, ...restriction.refusals])
  const measures = measuresOf(formulas.outputs)
  const edges = query.interval ? begun(bucketEdges(query.window, query.interval, query.timeZone), now) : null
  const planned = (root: Plan, calls: number): Planned => ({ root, calls, groups, edges, outputs: formulas.outputs })
  if (restriction.impossible || query.window.start > now) return planned({ op: 'empty', measures }, 0)
  const context: Context = { ...knowledge, counted: formulas.counted }
  const shape: Shape = { query, measures, groups, edges, restriction }
  const way = filtered(shape, restriction.where, restriction, context)
  if (way.kind === 'impossible') throw impossible(way.measures, query, context)
  return planned(way.plan, way.calls)
}

type Shape = {
  readonly query: Query
  readonly measures: readonly MeasureKey[]
  readonly groups: readonly Group[]
  readonly edges: readonly number[] | null
  readonly restriction: Restriction
}

/** Filters that need values first go around the rest: one run with all of them, or one a value where one call takes only one. */
function filtered(shape: Shape, where: Where, todo: Pick<Restriction, 'listed'>, context: Context): Costed {
  const many = where.constraints.find(
    ({ dimension, values }) =>
      dimensionEntry(dimension).filter === 'metadata' && values.kind === 'literal' && values.values.length > 1,
  )
  if (many && many.values.kind === 'literal') {
    const slot = `filter ${dimensionId(many.dimension)}`
    const body = filtered(shape, constrained(where, many.dimension, { kind: 'slot', slot }), todo, context)
    if (body.kind === 'impossible') return body
    const whole = shape.measures.filter((measure) => !isAdditive(measure))
    if (whole.length > 0) return { kind: 'impossible', measures: whole }
    const items = many.values.values.map((value) => ({ value, push: [value] }))
    const plan: Plan = {
      op: 'each',
      slot,
      source: { kind: 'literal', items },
      how: { kind: 'sum' },
      inList: false,
      body: body.plan,
    }
    return { kind: 'plan', plan, calls: items.length * body.calls }
  }
  const [first, ...others] = todo.listed
  if (first) return listedFirst(shape, where, first, others, context)
  const paired = pair(where, shape.query.window, context)
  if (paired === null || paired.guessed) return { kind: 'impossible', measures: ['requests'] }
  const inner = unfiltered(shape, paired.where, context)
  return inner.kind === 'impossible'
    ? inner
    : { kind: 'plan', plan: paired.wrap(inner.plan), calls: inner.calls + paired.calls }
}

function listedFirst(
  shape: Shape,
  where: Where,
  first: Restriction['listed'][number],
  others: Restriction['listed'],
  context: Context,
): Costed {
  const { dimension, predicates } = first
  const listing = listingsOf(dimension).find((entry) => isThere(entry.endpoint, context))
  if (!listing) return { kind: 'impossible', measures: ['requests'] }
  const slot = `filter ${dimensionId(dimension)}`
  const body = filtered(shape, constrained(where, dimension, { kind: 'slot', slot }), { listed: others }, context)
  if (body.kind === 'impossible') return body
  const oneByOne = dimensionEntry(dimension).filter === 'metadata'
  const whole = shape.measures.filter((measure) => !isAdditive(measure))
  if (oneByOne && whole.length > 0) return { kind: 'impossible', measures: whole }
  const group: Group = { id: slot, dimension, reading: 'text' }
  const of: Plan = {
    op: 'keep',
    group,
    predicates,
    of: {
      op: 'call',
      endpoint: listing.endpoint,
      window: shape.query.window,
      where: { ...where, constraints: where.constraints.filter((other) => travelsAlone(other.dimension)) },
      columns: [],
      read: { kind: 'rows', group, takes: [{ measure: 'requests', from: 'field', field: 'requests' }] },
    },
  }
  const how = oneByOne ? ({ kind: 'sum' } as const) : ({ kind: 'together' } as const)
  const plan: Plan = { op: 'each', slot, source: { kind: 'listing', of }, how, inList: !oneByOne, body: body.plan }
  return { kind: 'plan', plan, calls: 1 + body.calls * (oneByOne ? GUESSED_VALUES : 1) }
}

/** Half a `provider__model` pair cannot narrow a listing by itself. */
function travelsAlone(dimension: Group['dimension']): boolean {
  return dimensionEntry(dimension).filter !== 'pair'
}

/** Once every filter can travel: the shape of the answer decides. */
function unfiltered(shape: Shape, where: Where, context: Context): Costed {
  const { query, measures, groups, edges, restriction } = shape
  const [group, ...more] = groups
  if (edges !== null && group)
    throw refuse(notYet('A timeseries with groupBy', 'Leave groupBy out, or ask for a distribution.'))
  if (more.length > 0)
    throw refuse(notYet('A groupBy of several fields', 'Group by one field and filter by the others.'))
  if (edges !== null) {
    const first = edges[0]
    return first === undefined
      ? { kind: 'plan', plan: { op: 'empty', measures }, calls: 0 }
      : planSeries(measures, query.window, edges, where, context)
  }
  if (!group) return planTotal(measures, query.window, where, context)
  const kept = restriction.kept.find((other) => other.group.id === group.id)
  const nullWanted = kept === undefined || kept.predicates.every(keepsNull)
  const way = planGroups(measures, group, query.window, where, context, nullWanted)
  if (way.kind === 'impossible' || !kept) return way
  return { ...way, plan: { op: 'keep', of: way.plan, group, predicates: kept.predicates } }
}

function notYet(what: string, instead: string): Refusal {
  return { path: '/groupBy', why: `${what} is not answered by this version.`, instead }
}

/** `requests` first: it decides which cells there are, and `total` is in every row. */
function measuresOf(outputs: readonly Output[]): readonly MeasureKey[] {
  const used = outputs.flatMap((output) => (output.kind === 'grouped' ? [] : [output.measure]))
  return [...new Set<MeasureKey>(['requests', ...used])]
}

/** The buckets that have begun. */
function begun(edges: readonly number[], now: number): readonly number[] {
  const ahead = edges.findIndex((edge, index) => index < edges.length - 1 && edge > now)
  return ahead === -1 ? edges : edges.slice(0, ahead + 1)
}

type Resolved =
  | { readonly kind: 'group'; readonly group: Group }
  | { readonly kind: 'refused'; readonly refusal: Omit<Refusal, 'path'> }

function resolveGroup(query: Query, ref: FieldRef, bindings: Bindings): Resolved {
  if (ref.kind === 'metadata') return { kind: 'group', group: metadataGroup(ref.key) }
  const entry = entryOf(query.datasource, ref)
  const group = entry && groupOf(entry, bindings)
  if (group) return { kind: 'group', group }
  const source = entry?.source
  if (source?.kind === 'unknown') return { kind: 'refused', refusal: { why: source.why, instead: source.instead } }
  const listable = CATALOG[query.datasource].fields.filter(
    (field) => field.groupable !== 'no' && groupOf(field, bindings),
  )
  return {
    kind: 'refused',
    refusal: {
      why: `Portkey cannot list the values of ${ref.name}.`,
      instead: `Group by one of ${listable.map((field) => field.name).join(', ')} or metadata.<key>.`,
    },
  }
}

function checkRetention(query: Query, { retentionDays, now }: Knowledge): void {
  if (retentionDays === null) return
  const first = now - retentionDays * 86_400_000
  if (query.window.start >= first) return
  const instant = new Date(Math.ceil(first / 1000) * 1000).toISOString()
  throw new ServiceError(
    'OUTSIDE_RETENTION',
    `Portkey keeps ${retentionDays} days here: startTs can be ${instant} at the earliest.`,
  )
}

function raise(refusals: readonly Refusal[]): void {
  const [first, ...others] = refusals
  if (first) throw refuse(first, ...others)
}

/** Why nothing gives the measures here, in the words of the question. */
function impossible(measures: readonly MeasureKey[], query: Query, context: Context): ServiceError {
  const where =
    query.groupBy.length > 0
      ? ` by ${query.groupBy.map((ref) => (ref.kind === 'metadata' ? `metadata.${ref.key}` : ref.name)).join(', ')}`
      : ''
  const missing = [...context.capabilities.missing, ...context.capabilities.lacking]
  const lacks = missing.length > 0 ? ` This deployment of Portkey lacks ${missing.toSorted().join(', ')}.` : ''
  return refuse({
    path: '',
    why: `Portkey cannot give ${measures.join(', ')}${where} exactly for these filters.${lacks}`,
    instead: 'Leave that aggregation out, or ask with fewer filters or groups.',
  })
}
