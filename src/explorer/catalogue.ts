import { draftOfBody } from './body-draft.js'
import { list, member, text, texts } from './json.js'
import type { Draft } from './question.js'

/** What the service can be asked, as far as the form needs to know. */
export type Catalogue = {
  readonly datasources: readonly Datasource[]
  /** Smallest first. */
  readonly intervalExamples: readonly string[]
}

/** One datasource, with all that the form offers of it. */
export type Datasource = {
  readonly name: string
  /** Which requests are its rows, in words. */
  readonly rows: string
  readonly fields: readonly Field[]
  readonly columns: readonly Column[]
  /** Any metadata key; its name stands for all. */
  readonly metadata: Field
  readonly examples: readonly Example[]
}

/** Something to group or filter by, under the name and with the uses that the service gives it. */
export type Field = {
  readonly name: string
  readonly otherNames: readonly string[]
  readonly type: string
  readonly responseKey: string
  readonly groupable: boolean
  readonly operators: readonly string[]
  readonly aggregations: readonly string[]
  /** A closed set. */
  readonly values: readonly unknown[]
  /** Uses that this deployment was seen to lack the means for. */
  readonly ruledOut: readonly string[]
}

/** Something to aggregate. `ruledOut`: aggregations that this deployment was seen to lack the means for. */
export type Column = {
  readonly name: string
  readonly unit: string
  readonly aggregations: readonly string[]
  readonly ruledOut: readonly string[]
}

/** A question to begin with. */
export type Example = { readonly summary: string; readonly draft: Draft }

/** Prefix of a metadata key's name as a field. */
export const METADATA = 'metadata.'

/** Reads the reply of the catalogue's route. */
export const readCatalogue = (body: unknown): Catalogue => {
  const data = member(body, 'data')
  return {
    datasources: list(member(data, 'datasources')).map(readDatasource),
    intervalExamples: texts(member(member(data, 'intervals'), 'examples')),
  }
}

/** The field of a name in any of its spellings; metadata keys are all alike. */
export const findField = ({ fields, metadata }: Datasource, name: string): Field | undefined =>
  name.startsWith(METADATA)
    ? { ...metadata, name, responseKey: name }
    : fields.find((field) => field.name === name || field.otherNames.includes(name))

const readDatasource = (value: unknown): Datasource => ({
  name: text(member(value, 'name')),
  rows: text(member(value, 'rows')),
  fields: list(member(value, 'fields')).map(readField),
  columns: list(member(value, 'columns')).map((column) => ({
    name: text(member(column, 'name')),
    unit: text(member(column, 'unit')),
    ...readUses(column),
  })),
  metadata: readField(member(value, 'metadata')),
  examples: list(member(value, 'examples')).flatMap((example) => {
    const draft = member(example, 'refused') === null ? draftOfBody(member(example, 'body')) : null
    return draft === null ? [] : [{ summary: text(member(example, 'summary')), draft }]
  }),
})

const readField = (value: unknown): Field => ({
  name: text(member(value, 'name')),
  otherNames: texts(member(value, 'otherNames')),
  type: text(member(value, 'type'), 'string'),
  responseKey: text(member(value, 'responseKey')),
  groupable: member(value, 'groupable') === true,
  operators: texts(member(value, 'operators')),
  values: list(member(value, 'values')),
  ...readUses(value),
})

const readUses = (value: unknown) => ({
  aggregations: texts(member(value, 'aggregations')),
  ruledOut: list(member(value, 'ruledOut')).flatMap((ruled) => texts(member(ruled, 'uses'))),
})
