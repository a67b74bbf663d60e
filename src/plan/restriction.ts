import { CATALOG } from '../catalog/catalog.js'
import { type DimensionRef, dimensionEntry, dimensionId, type FilterPath } from '../catalog/dimensions.js'
import type { FieldSource, Reading } from '../catalog/types.js'
import type { Filter, Predicate, Query } from '../query/query.js'
import { type Bindings, entryOf, groupOf, metadataGroup } from './fields.js'
import type { Constraint, Group, RangeParameter, Where } from './plan.js'
import { holds, keepsNull, readValue } from './predicate.js'
import { type Bounds, boundsOf, intersect, isEmpty, OPEN, toWire } from './ranges.js'
import type { Refusal } from './refusal.js'

/** A predicate on what a dimension's text reads as. */
export type Test = { readonly reading: Reading; readonly predicate: Predicate }

/** A dimension whose matching values have to be listed before they can be pushed down. */
export type Listed = { readonly dimension: DimensionRef; readonly predicates: readonly Predicate[] }

/** What the filters of a question come to. */
export type Restriction = {
  /** No request can pass. */
  readonly impossible: boolean
  /** What can be pushed down as it is: every value in `constraints` is literal. */
  readonly where: Where
  readonly listed: readonly Listed[]
  /** Filters on text dimensions that are grouped by: the rows of the listing are tested. */
  readonly kept: readonly { readonly group: Group; readonly predicates: readonly Predicate[] }[]
  readonly refusals: readonly Refusal[]
}

/** The status codes there are: a status filter becomes the list of those that pass, so no listing is needed. */
const STATUS_CODES: readonly string[] = Array.from({ length: 500 }, (_, index) => String(100 + index))

/** The filters of a question, and the rows of its datasource, as what can be asked of the upstream. Pure. */
export function restrictionOf(query: Query, groups: readonly Group[], bindings: Bindings): Restriction {
  const tests = new Map<string, { dimension: DimensionRef; tests: Test[] }>()
  const bounds = new Map<RangeParameter, Bounds>()
  const constraints: Constraint[] = []
  const refusals: Refusal[] = []
  let impossible = false

  const add = (dimension: DimensionRef, test: Test) => {
    const id = dimensionId(dimension)
    const entry = tests.get(id) ?? { dimension, tests: [] }
    entry.tests.push(test)
    tests.set(id, entry)
  }

  for (const test of rowTests(query, bindings, refusals)) add(test.dimension, test.test)
  query.filters.forEach((filter, index) => {
    const path = `/filters/${index}`
    const entry = entryOf(query.datasource, filter.field)
    if (entry?.nullMeansAll && filter.predicate.kind === 'null' && filter.predicate.isNull) return
    const group = filter.field.kind === 'metadata' ? metadataGroup(filter.field.key) : entry && groupOf(entry, bindings)
    if (group) {
      add(group.dimension, { reading: group.reading, predicate: filter.predicate })
      return
    }
    const source = entry?.source
    if (source?.kind === 'range') {
      const found = boundsOf(filter.predicate, source.unit)
      if (found) bounds.set(source.parameter, intersect(bounds.get(source.parameter) ?? OPEN, found))
      else refusals.push({ path, ...complement(nameOf(filter)) })
      return
    }
    const refusal = source && refusalOf(source, filter)
    if (refusal) refusals.push({ path, ...refusal })
    if (source?.kind === 'parameter' && filter.predicate.kind === 'in') {
      const values = filter.predicate.values.filter((value) => value !== '').map(String)
      if (values.length === 0) impossible = true
      else add({ kind: 'parameter', name: source.parameter }, { reading: 'text', predicate: filter.predicate })
    }
  })

  const listed: Listed[] = []
  const kept: { group: Group; predicates: readonly Predicate[] }[] = []
  for (const { dimension, tests: of } of tests.values()) {
    const predicates = of.map((test) => test.predicate)
    const group = groups.find((other) => dimensionId(other.dimension) === dimensionId(dimension))
    if (group && group.reading === 'text') kept.push({ group, predicates })
    const way = wayOf(dimension, of, group !== undefined)
    switch (way.kind) {
      case 'impossible':
        impossible = true
        break
      case 'push':
        constraints.push({ dimension, values: { kind: 'literal', values: way.values } })
        break
      case 'list':
        listed.push({ dimension, predicates })
        break
      case 'refuse':
        refusals.push({ path: '/filters', ...way.refusal })
        break
      case 'none':
        break
    }
  }
  for (const range of bounds.values()) if (isEmpty(range)) impossible = true
  const ranges = Object.fromEntries([...bounds].map(([parameter, range]) => [parameter, toWire(range)]))
  return { impossible, where: { constraints: sorted(constraints), ranges }, listed, kept, refusals }
}

/** The rows of the datasource itself, as tests. */
function rowTests(query: Query, bindings: Bindings, refusals: Refusal[]): { dimension: DimensionRef; test: Test }[] {
  const { rows } = CATALOG[query.datasource]
  switch (rows.kind) {
    case 'all':
      return []
    case 'status': {
      const predicate: Predicate = { kind: 'in', values: rows.codes }
      return [{ dimension: { kind: 'dimension', name: 'status_code' }, test: { reading: 'number', predicate } }]
    }
    case 'having': {
      const entry = entryOf(query.datasource, { kind: 'field', name: rows.field })
      const group = entry && groupOf(entry, bindings)
      if (!group) return []
      return [
        { dimension: group.dimension, test: { reading: group.reading, predicate: { kind: 'null', isNull: false } } },
      ]
    }
    case 'unknown':
      refusals.push({ path: '/datasource', why: rows.why, instead: rows.instead })
      return []
  }
}

/**
 * The values of a dimension that pass, when they are known without asking: status codes are a closed set, and elsewhere one
 * `in` names them all. `null` = they have to be listed.
 */
function literalValues(dimension: DimensionRef, tests: readonly Test[]): readonly string[] | null {
  const passes = (text: string) => tests.every((test) => holds(test.predicate, readValue(text, test.reading)))
  if (dimension.kind === 'dimension' && dimension.name === 'status_code') return STATUS_CODES.filter(passes)
  for (const { predicate } of tests) {
    if (predicate.kind === 'in') return predicate.values.map(String).filter((text) => text !== '' && passes(text))
  }
  return null
}

type Way =
  | { readonly kind: 'none' }
  | { readonly kind: 'impossible' }
  | { readonly kind: 'push'; readonly values: readonly string[] }
  | { readonly kind: 'list' }
  | { readonly kind: 'refuse'; readonly refusal: Omit<Refusal, 'path'> }

/** How the tests on one dimension are asked. A grouped dimension is tested on its listing's rows where nothing travels. */
function wayOf(dimension: DimensionRef, tests: readonly Test[], grouped: boolean): Way {
  const { filter, attributed, nullable } = dimensionEntry(dimension)
  const values = literalValues(dimension, tests)
  if (values !== null && values.length === 0) return { kind: 'impossible' }
  if (grouped) return values !== null && travelsAtOnce(filter, values) ? narrowed(values) : { kind: 'none' }
  if (tests.every((test) => test.predicate.kind === 'null' && keepsNull(test.predicate))) {
    return nullable ? { kind: 'refuse', refusal: complement(dimensionId(dimension)) } : { kind: 'impossible' }
  }
  if (filter === 'none') return { kind: 'refuse', refusal: noFilter(dimensionId(dimension)) }
  if (values !== null) {
    return values.every((value) => canTravel(filter, value))
      ? narrowed(values)
      : { kind: 'refuse', refusal: comma(dimensionId(dimension)) }
  }
  if (!attributed && tests.every((test) => keepsNull(test.predicate))) {
    return { kind: 'refuse', refusal: complement(dimensionId(dimension)) }
  }
  return { kind: 'list' }
}

function narrowed(values: readonly string[]): Way {
  return values.length === STATUS_CODES.length ? { kind: 'none' } : { kind: 'push', values }
}

/** Lists are comma separated upstream, so a value that holds a comma cannot be one of them. */
export function canTravel(filter: FilterPath, value: string): boolean {
  return filter === 'metadata' || !value.includes(',')
}

/** A listing may be narrowed by a short list; a long one is cheaper to test row by row than to send. */
const LONGEST_NARROWING = 50

function travelsAtOnce(filter: FilterPath, values: readonly string[]): boolean {
  if (filter === 'none' || filter === 'pair') return false
  if (filter === 'statusCodes') return true
  if (filter === 'metadata') return values.length === 1
  return values.length <= LONGEST_NARROWING && values.every((value) => canTravel(filter, value))
}

function refusalOf(source: FieldSource, filter: Filter): Omit<Refusal, 'path'> | null {
  if (source.kind === 'unknown') return { why: source.why, instead: source.instead }
  if (source.kind === 'parameter' && filter.predicate.kind !== 'in') {
    return { why: `Portkey finds ${nameOf(filter)} by equality alone.`, instead: 'Use EQUAL.' }
  }
  return null
}

/** What is asked needs the complement of a filter, which this version does not compute. */
function complement(name: string): Omit<Refusal, 'path'> {
  return {
    why: `Portkey has no filter that leaves values of ${name} out.`,
    instead: `Name the values to keep with EQUAL or IN, or group by ${name}.`,
  }
}

function nameOf(filter: Filter): string {
  return filter.field.kind === 'metadata' ? `metadata.${filter.field.key}` : filter.field.name
}

function noFilter(name: string): Omit<Refusal, 'path'> {
  return { why: `Portkey cannot filter by ${name}.`, instead: `Group by it instead: its rows can then be picked.` }
}

function comma(name: string): Omit<Refusal, 'path'> {
  return {
    why: `A value of ${name} with a comma cannot be sent to Portkey, whose lists are comma separated.`,
    instead: `Group by ${name} instead: its rows can then be picked.`,
  }
}

/** One order of constraints, so that equal questions make equal calls. */
function sorted(constraints: readonly Constraint[]): readonly Constraint[] {
  return constraints.toSorted((one, other) => (dimensionId(one.dimension) < dimensionId(other.dimension) ? -1 : 1))
}
