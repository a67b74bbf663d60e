import { CATALOG } from '../catalog/catalog.js'
import type { Catalogue, DescribedDatasource } from '../engine/catalogue.js'
import type { Refused } from '../engine/catalogue-judge.js'
import { createCatalogues } from '../engine/catalogues.js'
import { NOTHING_LEARNT } from '../plan/capabilities.js'
import { EXAMPLES_NOW, type Outcome } from './examples.js'
import { codes, folded, tableOf } from './table.js'

/** What became of the examples, by profile of the upstream. */
export type Outcomes = { readonly live: readonly Outcome[]; readonly documented: readonly Outcome[] }

/**
 * README's account of what is answered: by datasource, then what is refused and what to ask instead, then the examples that are not
 * answered. Fields and columns come from the catalogue at its best, examples from runs.
 */
export const supportTables = async (outcomes: Outcomes): Promise<string> => {
  const catalogue = await createCatalogues(CATALOG, null, 200)(NOTHING_LEARNT, EXAMPLES_NOW)
  const refusedAlways = outcomes.live.filter(({ status }) => status !== 200)
  const always = new Set(refusedAlways.map(({ name }) => name))
  const refusedOften = outcomes.documented.filter(({ status, name }) => status !== 200 && !always.has(name))
  return [
    datasourceTable(catalogue, outcomes),
    '',
    '`+`: not in the language, this service’s own. Every datasource can be grouped and filtered by `metadata.<key>`, too.',
    '',
    ...folded('What is refused because Portkey does not know it, and what to ask instead', refusalTable(catalogue)),
    ...folded(
      'Published examples that are refused although the deployment has all of Portkey’s API, over the traffic of the demo',
      exampleTable(refusedAlways),
    ),
    ...folded(
      'Examples that are refused only where a deployment has no more than Portkey’s API document says',
      exampleTable(refusedOften),
    ),
  ].join('\n')
}

const datasourceTable = ({ datasources }: Catalogue, outcomes: Outcomes): string =>
  tableOf(
    ['Datasource', 'Rows', 'Group by', 'Filter by alone', 'Aggregate', 'Examples answered'],
    datasources.map((one) => {
      const groups = one.fields.filter(({ groupable }) => groupable)
      const filters = one.fields.filter(({ groupable, filterable }) => filterable && !groupable)
      return [
        `\`${one.name}\``,
        one.rows,
        groups.map((field) => marked(field.name, field.extension || field.extensions.includes('groupBy'))).join(', '),
        filters.map((field) => marked(field.name, field.extension)).join(', '),
        columnsOf(one),
        answeredOf(one.name, outcomes),
      ]
    }),
  )

const marked = (name: string, extension: boolean): string => (extension ? `\`${name}\`+` : `\`${name}\``)

const columnsOf = ({ columns }: DescribedDatasource): string =>
  columns
    .filter(({ aggregations }) => aggregations.length > 0)
    .map(({ name, extension, extensions, aggregations }) => {
      const types = aggregations.map((type) => (!extension && extensions.includes(type) ? `${type}+` : type))
      return `${marked(name, extension)} (${types.join(', ')})`
    })
    .join(', ')

const answeredOf = (datasource: string, { live, documented }: Outcomes): string => {
  const of = (outcomes: readonly Outcome[]) => outcomes.filter((outcome) => outcome.datasource === datasource)
  const good = (outcomes: readonly Outcome[]) => of(outcomes).filter(({ status }) => status === 200).length
  return `${good(live)} of ${of(live).length}; ${good(documented)} by the API document alone`
}

/** What is refused and why: one row a reason, whatever the datasource. */
const refusalTable = ({ datasources }: Catalogue): string => {
  const reasons = new Map<string, Map<string, Set<string>>>()
  const note = (message: string, what: string, datasource: string) => {
    const reason = message.replace(/^\w+ of \w+ is not to be had: /, '')
    const whats = reasons.get(reason) ?? new Map<string, Set<string>>()
    reasons.set(reason, whats.set(what, (whats.get(what) ?? new Set()).add(datasource)))
  }
  for (const { name, fields, columns } of datasources) {
    for (const field of fields) {
      for (const { uses, message } of mostTelling(field.refused)) {
        const all = !field.groupable && !field.filterable
        note(message, all ? `\`${field.name}\`` : `\`${field.name}\`: ${uses.join(', ')}`, name)
      }
    }
    for (const column of columns) {
      const types = column.refused.flatMap(({ uses }) => uses)
      const all = column.aggregations.length === 0
      const [first] = column.refused
      if (first === undefined) continue
      note(first.message, all ? `\`${column.name}\` (column)` : `${types.join(', ')} of \`${column.name}\``, name)
    }
  }
  return tableOf(
    ['What', 'Of', 'Why, and what to ask instead'],
    [...reasons].flatMap(([reason, whats]) => {
      const byPlace = new Map<string, string[]>()
      for (const [what, places] of whats) {
        const place = places.size === datasources.length ? 'all' : codes([...places])
        byPlace.set(place, [...(byPlace.get(place) ?? []), what])
      }
      return [...byPlace].map(([place, names]) => [names.join('; '), place, reason])
    }),
  )
}

/** Uses of an unknown field are refused for one reason; counts of what cannot be listed need no line beside it. */
const mostTelling = (refused: readonly Refused[]): readonly Refused[] => refused.slice(0, 1)

const exampleTable = (outcomes: readonly Outcome[]): string => {
  if (outcomes.length === 0) return 'None.'
  const reasons = new Map<string, readonly Outcome[]>()
  for (const outcome of outcomes) {
    const reason = `\`${outcome.code}\`: ${outcome.message}`
    reasons.set(reason, [...(reasons.get(reason) ?? []), outcome])
  }
  return tableOf(
    ['Examples', 'Refused with'],
    [...reasons].map(([reason, those]) => [those.map(({ name }) => name).join(', '), reason]),
  )
}
