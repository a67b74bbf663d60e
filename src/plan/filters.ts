import { type DimensionRef, dimensionEntry, dimensionId } from '../catalog/dimensions.js'
import type { Context } from './context.js'
import { passing } from './each.js'
import type { Goal } from './goal.js'
import { isAdditive } from './measures.js'
import { MODEL, narrowing, SERVICE } from './pairs.js'
import type { EachNode, Group, Plan } from './plan.js'
import { passes, type Test } from './predicate.js'
import { toWire } from './ranges.js'
import type { DimensionFilter, Restriction } from './restriction.js'
import { solve } from './solve.js'
import { planTotal } from './total.js'
import { canTravel, sendable } from './travel.js'
import { expectedValues, listingFor, showsAll, valuesCall } from './values.js'
import { type Costed, cheapest, joined, wrapped } from './way.js'
import { constrained, partName, unconstrained } from './where.js'

/** What is left to find a way for. */
export type Todo = Pick<Restriction, 'filters' | 'excluded'> & {
  /** Price every combination of alternatives. Where filters are many only the last one's are, the others take what is possible first. */
  readonly thorough: boolean
}

/** Filters of which all combinations are priced. */
const MOST_COMBINED = 2

/** What is to be found for the filters of a question. */
export function todoOf({ filters, excluded }: Restriction): Todo {
  return { filters, excluded, thorough: filters.length <= MOST_COMBINED }
}

/** The cheapest exact way to a goal under filters that do not all travel as they are. */
export function solveFiltered(goal: Goal, todo: Todo, context: Context): Costed {
  const [excluded, ...moreExcluded] = todo.excluded
  if (excluded) {
    const rest = { ...todo, excluded: moreExcluded }
    const range = toWire(excluded.bounds)
    const inside = { ...goal, where: { ...goal.where, ranges: { ...goal.where.ranges, [excluded.parameter]: range } } }
    // What is one number is not another.
    const elsewhere = { ...rest, excluded: moreExcluded.filter(({ parameter }) => parameter !== excluded.parameter) }
    return minus(goal, solveFiltered(goal, rest, context), solveFiltered(inside, elsewhere, context))
  }
  const [first, ...others] = todo.filters
  if (!first) return solve(goal, context)
  const rest = { ...todo, filters: others }
  const indivisible = goal.measures.filter((measure) => !isAdditive(measure))
  const obstacle: Costed = { kind: 'impossible', measures: indivisible.length > 0 ? indivisible : goal.measures }
  if (todo.thorough || others.length === 0) {
    const pushed = cheapest([literally, byListing, byComplement, byNone].map((way) => way(goal, first, rest, context)))
    if (pushed.kind === 'way' && pushed.calls <= nestingFloor(goal, first, context)) return pushed
    return cheapest([pushed, byGroup(goal, first, rest, context), obstacle])
  }
  for (const way of [literally, byListing, byGroup, byComplement, byNone]) {
    const found = way(goal, first, rest, context)
    if (found?.kind === 'way') return found
  }
  return obstacle
}

/** What listings nested in each other take at least: one for each combination of all dimensions but the largest. */
export function nestingFloor(goal: Goal, more: Sized, context: Context): number {
  const groups: readonly Sized[] = [...goal.groups.map((group) => ({ ...group, tests: goal.testsOf(group) })), more]
  const sizes = groups.map(({ dimension, tests }) => passing(expectedValues(dimension, context), tests))
  return sizes
    .toSorted((one, other) => one - other)
    .slice(0, -1)
    .reduce((product, size) => product * size, 1)
}

type Sized = { readonly dimension: DimensionRef; readonly tests: readonly Test[] }

type Alternative = (goal: Goal, filter: DimensionFilter, rest: Todo, context: Context) => Costed | null

/** The values are known: pushed down at once, or, for metadata, one at a time and added up. */
const literally: Alternative = (goal, { dimension, values }, rest, context) => {
  const path = dimensionEntry(dimension).filter
  if (values === null || path === 'none' || !values.every((value) => canTravel(path, value))) return null
  const slot = `filter ${dimensionId(dimension)}`
  if (path === 'pair') {
    const where = constrained(goal.where, dimension, { kind: 'literal', values })
    return solveFiltered({ ...goal, where }, rest, context)
  }
  if (!isDivisible(goal)) return null
  const items = values.map((value) => ({ value, push: [value] }))
  const at = partName(slot, goal.where)
  const where = constrained(goal.where, dimension, { kind: 'slot', slot })
  const body = solveFiltered({ ...goal, where }, rest, context)
  if (body.kind === 'impossible') return body
  return {
    ...body,
    calls: items.length * body.calls,
    least: items.length * body.least,
    build: () => ({
      ...EACH,
      slot,
      dimension,
      field: context.nameOf(dimension),
      at,
      source: { kind: 'literal', items },
      how: { kind: 'sum' },
      body: body.build(),
    }),
  }
}

/** The values that pass are listed first, then pushed down together, or for metadata one by one. */
export const byListing: Alternative = (goal, { dimension, tests }, rest, context) => {
  const { filter: path, nullable } = dimensionEntry(dimension)
  const listing = listingFor(dimension, context)
  if (!listing || path === 'none') return null
  const slot = `filter ${dimensionId(dimension)}`
  const at = partName(`${slot} ${JSON.stringify(tests)}`, goal.where)
  if (context.doubts.barred.has(at)) return null
  const where = constrained(goal.where, dimension, { kind: 'slot', slot })
  const body = solveFiltered({ ...goal, where }, rest, context)
  if (body.kind === 'impossible') return body
  const group: Group = { id: slot, label: context.nameOf(dimension), dimension, reading: 'text' }
  const others = path === 'pair' ? unconstrained(goal.where, [MODEL, SERVICE]) : narrowing(goal.where)
  const listed = valuesCall(group, listing, goal.window, others)
  const of: Plan = { op: 'keep', of: listed, group, tests, negated: false }
  // Requests without a value pass a negation, and no list can name them.
  const account = nullable && passes('', tests) ? planTotal(['requests'], goal.window, listed.where, context) : null
  if (account?.kind === 'impossible') return account
  const trusted = showsAll(dimension, listing, context)
  // Several values of a metadata key are several calls, and only sums add up over them.
  const most = path === 'metadata' && !isDivisible(goal) ? 1 : null
  const times = path === 'metadata' ? (most ?? expectedValues(dimension, context)) : 1
  return {
    kind: 'way',
    calls: 1 + times * body.calls + (trusted ? 0 : (account?.calls ?? 0)),
    least: 1,
    rounds: body.rounds + 1,
    build: () => ({
      ...EACH,
      slot,
      dimension,
      field: context.nameOf(dimension),
      at,
      source: { kind: 'listing', of },
      how: path === 'metadata' ? { kind: 'sum' } : { kind: 'together' },
      most,
      expected: path === 'metadata' && most === null ? times : null,
      check: account && { plan: account.build(), trusted },
      body: body.build(),
    }),
  }
}

/** Grouped by the dimension, the rows tested, and added up again: what a listing carries needs no other call. */
const byGroup: Alternative = (goal, { dimension, tests, values }, rest, context) => {
  // One value is one row: nothing has to add up.
  const addsUp = isDivisible(goal) || values?.length === 1
  if (!addsUp || goal.groups.some((other) => dimensionId(other.dimension) === dimensionId(dimension))) return null
  const id = `filter ${dimensionId(dimension)}`
  const group: Group = { id, label: context.nameOf(dimension), dimension, reading: 'text' }
  const testsOf = (other: Group) => (other.id === group.id ? tests : goal.testsOf(other))
  const way = solveFiltered({ ...goal, groups: [...goal.groups, group], testsOf }, rest, context)
  return wrapped(way, (of) => ({ op: 'fold', of, group, counts: [], rowMeasure: context.rowMeasure }))
}

/** Everything minus what does not pass, for filters that leave something out. */
const byComplement: Alternative = (goal, filter, rest, context) => {
  const { dimension, tests } = filter
  if (!passes('', tests) || !isDivisible(goal)) return null
  const others = complementOf(filter)
  const whole = solveFiltered(goal, rest, context)
  if (others?.length === 0) return whole
  const part =
    others === null
      ? byListingOfOthers(goal, filter, rest, context)
      : literally(
          goal,
          { dimension, tests: [{ reading: 'text', predicate: { kind: 'in', values: others } }], values: others },
          rest,
          context,
        )
  return part && minus(goal, whole, part)
}

/** No filter at all, where the values there are all pass: for what does not add up. */
const byNone: Alternative = (goal, { dimension, tests }, rest, context) => {
  const listing = listingFor(dimension, context)
  const slot = `none ${dimensionId(dimension)}`
  const at = partName(`${slot} ${JSON.stringify(tests)}`, goal.where)
  if (!passes('', tests) || isDivisible(goal) || !listing || context.doubts.barred.has(at)) return null
  const body = solveFiltered(goal, rest, context)
  const group: Group = { id: slot, label: context.nameOf(dimension), dimension, reading: 'text' }
  const listed = valuesCall(group, listing, goal.window, narrowing(goal.where))
  return wrapped(
    body,
    (plan) => ({
      ...EACH,
      at,
      slot,
      dimension,
      field: context.nameOf(dimension),
      source: { kind: 'listing', of: { op: 'keep', of: listed, group, tests, negated: true } },
      how: { kind: 'unless' },
      body: plan,
    }),
    { calls: 1, rounds: 1 },
  )
}

/** The values that do not pass, when every test names the values it leaves out. */
function complementOf({ dimension, tests }: DimensionFilter): readonly string[] | null {
  const named = tests.flatMap(({ predicate }) => (predicate.kind === 'notIn' ? [predicate.values.map(String)] : []))
  return named.length === tests.length ? sendable(dimension, [...new Set(named.flat())].toSorted()) : null
}

function byListingOfOthers(
  goal: Goal,
  { dimension, tests }: DimensionFilter,
  rest: Todo,
  context: Context,
): Costed | null {
  const way = byListing(goal, { dimension, tests: [ANY], values: null }, rest, context)
  return (
    way &&
    wrapped(way, (plan) => {
      if (plan.op !== 'each' || plan.source.kind !== 'listing' || plan.source.of.op !== 'keep')
        throw new TypeError('a listing was planned')
      return { ...plan, source: { kind: 'listing', of: { ...plan.source.of, tests, negated: true } } }
    })
  )
}

/** Passes every request that has a value; stands in while the values that fail the tests are found. */
const ANY = { reading: 'text', predicate: { kind: 'null', isNull: false } } as const

function minus(goal: Goal, whole: Costed, part: Costed): Costed {
  if (!isDivisible(goal))
    return { kind: 'impossible', measures: goal.measures.filter((measure) => !isAdditive(measure)) }
  return joined([whole, part], ([one, other]): Plan => {
    if (!one || !other) throw new TypeError('a difference has two operands')
    return { op: 'minus', whole: one, part: other }
  })
}

function isDivisible(goal: Goal): boolean {
  return goal.measures.every(isAdditive)
}

const EACH = {
  op: 'each',
  check: null,
  expected: null,
  most: null,
} as const satisfies Partial<EachNode>
