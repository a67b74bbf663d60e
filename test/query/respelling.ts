import fc from 'fast-check'
import { CATALOG, fieldOperators, findField } from '../../src/catalog/catalog.js'
import { DATASOURCES, type Datasource } from '../../src/catalog/vocabulary.js'
import type { Body, BodyFilter, BodyValue } from './arbitrary.js'

/** Another body with the same meaning: filters moved, doubled and spelled differently, groups and times too. */
export function respelling(body: Body): fc.Arbitrary<Body> {
  const datasource = DATASOURCES.find((name) => name === body.datasource)
  if (datasource === undefined) throw new Error(`not a datasource: ${body.datasource}`)
  return fc
    .record({
      filters: respeltFilters(body.filters ?? [], datasource),
      groupBy: fc.tuple(...(body.groupBy ?? []).map((name) => respeltName(name, datasource))),
      minutes: fc.integer({ min: -720, max: 840 }),
      interval: respeltInterval(body.interval),
    })
    .map(({ filters, groupBy, minutes, interval }) => ({
      ...body,
      startTs: withOffset(body.startTs, minutes),
      endTs: withOffset(body.endTs, -minutes),
      filters,
      // Doubled groups count once.
      groupBy: groupBy.length > 0 && groupBy.length < 8 ? [...groupBy, ...groupBy.slice(0, 1)] : groupBy,
      ...(interval === undefined ? {} : { interval }),
    }))
}

function respeltFilters(filters: readonly BodyFilter[], datasource: Datasource): fc.Arbitrary<readonly BodyFilter[]> {
  const each = filters.map((filter) => respeltFilter(filter, datasource))
  return fc
    .tuple(fc.tuple(...each), fc.subarray([...filters]))
    .chain(([spelt, doubled]) =>
      fc.shuffledSubarray([...spelt, ...doubled], { minLength: spelt.length + doubled.length }),
    )
}

function respeltFilter(filter: BodyFilter, datasource: Datasource): fc.Arbitrary<BodyFilter> {
  return values(filter.value, filter.operator).chain((value) => {
    const same = fc.constantFrom(...equalForms({ ...filter, value }, datasource))
    if ('metadataKey' in filter) {
      const { metadataKey, ...rest } = filter
      return same.chain(({ operator, value }) =>
        fc.constantFrom<BodyFilter>(
          { metadataKey, operator, value },
          { ...rest, fieldName: `metadata.${metadataKey}`, operator, value },
        ),
      )
    }
    return fc
      .tuple(same, respeltName(filter.fieldName, datasource))
      .map(([{ operator, value }, fieldName]) => ({ fieldName, operator, value }))
  })
}

/** `EQUAL x` is `IN [x]` wherever a field takes both. */
function equalForms(filter: BodyFilter, datasource: Datasource): readonly Pick<BodyFilter, 'operator' | 'value'>[] {
  const { operator, value } = filter
  const forms = [{ operator, value }]
  const field = 'fieldName' in filter ? findField(datasource, filter.fieldName, CATALOG) : undefined
  const allowed = field === undefined ? CATALOG[datasource].metadata.operators : fieldOperators(field)
  if (Array.isArray(value)) return forms
  const list = operator === 'EQUAL' ? 'IN' : operator === 'NOT_EQUAL' ? 'NOT_IN' : undefined
  return list !== undefined && allowed.includes(list) && !isList(value)
    ? [...forms, { operator: list, value: [value, value] }]
    : forms
}

function isList(value: BodyValue): value is Exclude<BodyValue, string | number | boolean> {
  return typeof value === 'object'
}

function values(value: BodyValue, operator: string): fc.Arbitrary<BodyValue> {
  if (!isList(value) || operator === 'BETWEEN') return fc.constant(value)
  return fc.shuffledSubarray([...value, ...value], { minLength: value.length * 2 })
}

function respeltName(name: string, datasource: Datasource): fc.Arbitrary<string> {
  const field = findField(datasource, name, CATALOG)
  return field === undefined ? fc.constant(name) : fc.constantFrom(field.name, ...field.aliases)
}

function respeltInterval(interval: string | undefined): fc.Arbitrary<string | undefined> {
  if (interval === undefined) return fc.constant(undefined)
  const [amount = '', unit = ''] = interval.split(' ')
  return fc.constantFrom(interval, `${interval}s`, interval.toUpperCase(), `  ${amount}   ${unit}S `)
}

/** The same instant with another offset from UTC. */
function withOffset(text: string, minutes: number): string {
  const local = new Date(Date.parse(text) + minutes * 60_000).toISOString().slice(0, -1)
  const size = Math.abs(minutes)
  const two = (part: number): string => String(Math.floor(part)).padStart(2, '0')
  return `${local}${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`
}
