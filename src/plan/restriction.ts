import type { Catalog } from '../catalog/catalog.js'
import { type DimensionRef, dimensionEntry, dimensionId, type FilterPath } from '../catalog/dimensions.js'
import type { RangeParameter } from '../catalog/types.js'
import { nameOfRef } from '../query/fields.js'
import type { Filter, Query } from '../query/query.js'
import { entryOf, groupOfRef } from './fields.js'
import type { Constraint, Group, Where } from './plan.js'
import { isFolding, passes, type Test } from './predicate.js'
import { type Bounds, boundsOf, clipped, intersect, isEmpty, OPEN, toWire } from './ranges.js'
import type { Refusal } from './refusal.js'
import { sendable, travelsAtOnce } from './travel.js'
import { withConstraints } from './where.js'

/** Everything that the filters ask of one dimension that is not grouped by. */
export type DimensionFilter = {
  readonly dimension: DimensionRef
  readonly tests: readonly Test[]
  /** The values that pass, when they are known without asking. */
  readonly values: readonly string[] | null
}

/** What the filters of a question come to. */
export type Restriction = {
  /** No request can pass. */
  readonly impossible: boolean
  /** What travels as it is. */
  readonly where: Where
  /** What a plan has to find a way for. */
  readonly filters: readonly DimensionFilter[]
  /** Ranges to leave out: a number that must not be. */
  readonly excluded: readonly { readonly parameter: RangeParameter; readonly bounds: Bounds }[]
  /** Filters on groups: the rows of the group are tested. */
  readonly kept: readonly { readonly group: Group; readonly tests: readonly Test[] }[]
  readonly refusals: readonly Refusal[]
}

/** The filters of a question, and the rows of its datasource, as what can be asked of the upstream. Pure. */
export function restrictionOf(query: Query, groups: readonly Group[], catalog: Catalog): Restriction {
  const classified = [
    ...rowsOf(query, catalog),
    ...query.filters.map((filter, index) => classify(query, filter, index, catalog)),
  ]
  const only = <Kind extends Classified['kind']>(kind: Kind) =>
    classified.filter((part): part is Extract<Classified, { kind: Kind }> => part.kind === kind)
  const bounds = new Map<RangeParameter, Bounds>()
  for (const { parameter, bounds: more } of only('range')) {
    bounds.set(parameter, intersect(bounds.get(parameter) ?? OPEN, more))
  }
  for (const [parameter, wide] of bounds) bounds.set(parameter, clipped(wide, parameter))
  const tests = new Map<string, { readonly dimension: DimensionRef; readonly tests: Test[] }>()
  for (const { dimension, test } of only('test')) {
    const seen = tests.get(dimensionId(dimension))
    if (seen) seen.tests.push(test)
    else tests.set(dimensionId(dimension), { dimension, tests: [test] })
  }
  const ways = [...tests.values()].map((of) => wayOf(of.dimension, of.tests, groups))
  const ranges = Object.fromEntries([...bounds].map(([parameter, range]) => [parameter, toWire(range)] as const))
  return {
    impossible: ways.some((way) => way.impossible) || [...bounds.values()].some(isEmpty),
    where: withConstraints(
      { constraints: [], ranges },
      ways.flatMap((way) => way.push),
    ),
    filters: ways.flatMap((way) => way.filter).toSorted(pairsLast),
    excluded: distinctPoints(
      only('excluded').flatMap(({ parameter, bounds: point }) => {
        const inside = intersect(bounds.get(parameter) ?? OPEN, clipped(point, parameter))
        return isEmpty(inside) ? [] : [{ parameter, bounds: inside }]
      }),
    ),
    kept: ways.flatMap((way) => way.kept),
    refusals: [...only('refused').map(({ refusal }) => refusal), ...ways.flatMap((way) => way.refused)],
  }
}

/** A number left out twice is left out once. */
function distinctPoints(points: Restriction['excluded']): Restriction['excluded'] {
  const seen = new Map(points.map((point) => [`${point.parameter} ${point.bounds.min}`, point]))
  return [...seen.values()]
}

type Classified =
  | { readonly kind: 'test'; readonly dimension: DimensionRef; readonly test: Test }
  | { readonly kind: 'range'; readonly parameter: RangeParameter; readonly bounds: Bounds }
  | { readonly kind: 'excluded'; readonly parameter: RangeParameter; readonly bounds: Bounds }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'nothing' }

/** The rows of the datasource itself, as filters. */
function rowsOf(query: Query, catalog: Catalog): readonly Classified[] {
  const { rows } = catalog[query.datasource]
  switch (rows.kind) {
    case 'all':
      return []
    case 'status': {
      const test: Test = { reading: 'number', predicate: { kind: 'in', values: rows.codes } }
      return [{ kind: 'test', dimension: { kind: 'dimension', name: 'status_code' }, test }]
    }
    case 'having': {
      const group = groupOfRef(catalog, query.datasource, { kind: 'field', name: rows.field })
      if (!group) throw new TypeError(`the rows of ${query.datasource} hang on a field that it does not have`)
      return [
        {
          kind: 'test',
          dimension: group.dimension,
          test: { reading: 'text', predicate: { kind: 'null', isNull: false } },
        },
      ]
    }
    // Its measures are of these rows alone, whatever is asked of them.
    case 'counted':
      return []
  }
}

function classify(query: Query, filter: Filter, index: number, catalog: Catalog): Classified {
  const path = `/filters/${index}`
  const { predicate } = filter
  const entry = entryOf(catalog, query.datasource, filter.field)
  if (entry?.nullMeansAll && predicate.kind === 'null' && predicate.isNull) return { kind: 'nothing' }
  const group = groupOfRef(catalog, query.datasource, filter.field)
  if (group) return { kind: 'test', dimension: group.dimension, test: { reading: group.reading, predicate } }
  const name = nameOfRef(filter.field)
  const source = entry?.source
  switch (source?.kind) {
    case 'range': {
      const found = boundsOf(predicate.kind === 'notIn' ? { ...predicate, kind: 'in' } : predicate, source.unit)
      if (!found)
        return {
          kind: 'refused',
          refusal: { path, why: `Portkey compares ${name} with one range at a time.`, instead: '' },
        }
      return { kind: predicate.kind === 'notIn' ? 'excluded' : 'range', parameter: source.parameter, bounds: found }
    }
    case 'parameter': {
      const dimension = { kind: 'parameter', name: source.parameter } as const
      if (predicate.kind === 'in') return { kind: 'test', dimension, test: { reading: 'text', predicate } }
      return {
        kind: 'refused',
        refusal: { path, why: `Portkey finds ${name} by equality alone.`, instead: 'Use EQUAL.' },
      }
    }
    case 'unknown':
      return { kind: 'refused', refusal: { path, why: source.why, instead: source.instead } }
    case 'dimension':
    case 'metadata':
    case 'part':
    case undefined:
      throw new TypeError(`nothing is known of the field ${name}`)
  }
}

/** What the tests on one dimension come to. */
type DimensionWay = {
  readonly impossible: boolean
  readonly push: readonly Constraint[]
  readonly filter: readonly DimensionFilter[]
  readonly kept: Restriction['kept']
  readonly refused: readonly Refusal[]
}
const NOTHING: DimensionWay = { impossible: false, push: [], filter: [], kept: [], refused: [] }

function wayOf(dimension: DimensionRef, tests: readonly Test[], groups: readonly Group[]): DimensionWay {
  const { filter, nullable, closed } = dimensionEntry(dimension)
  const values = literalValues(dimension, tests)
  if (values?.length === 0) return { ...NOTHING, impossible: true }
  if (closed !== undefined && values?.length === closed.length) return NOTHING
  const push = values === null ? [] : [{ dimension, values: { kind: 'literal', values } } as const]
  const group = groups.find((other) => dimensionId(other.dimension) === dimensionId(dimension))
  if (group) {
    // A status is pushed down as its codes; other groups are tested row by row, and narrowed where that is short.
    if (filter === 'statusCodes') return { ...NOTHING, push }
    const narrow = values !== null && narrows(filter, values)
    return { ...NOTHING, kept: [{ group, tests }], push: narrow ? push : [] }
  }
  if (values === null && !nullable && tests.every(({ predicate }) => predicate.kind === 'null' && predicate.isNull))
    return { ...NOTHING, impossible: true }
  if (values !== null && travelsAtOnce(filter, values)) return { ...NOTHING, push }
  return { ...NOTHING, filter: [{ dimension, tests, values }] }
}

/**
 * The values of a dimension that pass, when they are known without asking: those of a closed set, and elsewhere one `in` names
 * them all. `null` = they have to be listed.
 */
function literalValues(dimension: DimensionRef, tests: readonly Test[]): readonly string[] | null {
  const { closed } = dimensionEntry(dimension)
  if (closed !== undefined) return closed.filter((text) => passes(text, tests))
  // What a rescue reads as is not the text it goes by.
  if (dimension.kind === 'part' && tests.some(({ reading }) => isFolding(reading))) return null
  const named = tests.find(({ predicate }) => predicate.kind === 'in')?.predicate
  if (named?.kind !== 'in') return null
  return sendable(dimension, named.values.map(String)).filter((text) => passes(text, tests))
}

/** A listing may be narrowed by a short list; a long one is cheaper to test row by row than to send. */
const LONGEST_NARROWING = 50

function narrows(filter: FilterPath, values: readonly string[]): boolean {
  return values.length <= LONGEST_NARROWING && travelsAtOnce(filter, values)
}

/** Half a model pair cannot narrow the listings of other filters, so it comes after them. */
function pairsLast(one: DimensionFilter, other: DimensionFilter): number {
  const isPair = ({ dimension }: DimensionFilter) => Number(dimensionEntry(dimension).filter === 'pair')
  return isPair(one) - isPair(other)
}
