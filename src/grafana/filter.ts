import { type Catalog, fieldOperators, metadataOperators } from '../catalog/catalog.js'
import type { Datasource, Operator, Scalar } from '../catalog/vocabulary.js'
import { resolveName } from '../query/fields.js'

/** A filter as the language takes it. */
export type LanguageFilter = { readonly fieldName: string; readonly operator: string; readonly value: unknown }

/** What a field is, as far as filters on it need to know. */
export type Filterable = {
  readonly type: 'string' | 'number' | 'boolean' | 'array'
  readonly operators: readonly Operator[]
  /** `IS_NULL true` on it keeps every row. */
  readonly nullMeansAll: boolean
}

/** What a name stands for in a datasource; a name that it does not have is text, and `parseQuery` says so. */
export function filterableOf(catalog: Catalog, datasource: Datasource, name: string): Filterable {
  const named = resolveName({ datasource, catalog }, name)
  if (named.kind === 'field') {
    const { type, nullMeansAll } = named.entry
    return { type, operators: fieldOperators(named.entry), nullMeansAll: nullMeansAll === true }
  }
  return { type: 'string', operators: metadataOperators(datasource, catalog), nullMeansAll: false }
}

/** Variables are text; a field that holds numbers or booleans is given those, where the text is one. */
export function scalarFor({ type }: Filterable, text: string): Scalar {
  if (type === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

/** A filter, or what is none: all rows are kept, or no row is. */
export type Kept = LanguageFilter | 'every' | 'none'

/** Keeps the rows whose value is one of these, by whichever operator the field takes for it. */
export function isOneOf(field: Filterable, fieldName: string, values: readonly string[]): Kept {
  const scalars = values.map((value) => scalarFor(field, value))
  const [only] = scalars
  // There is no third.
  if (field.type === 'boolean' && scalars.includes(true) && scalars.includes(false)) return 'every'
  if (scalars.length === 1 && only !== undefined && field.operators.includes('EQUAL')) {
    return { fieldName, operator: 'EQUAL', value: only }
  }
  return { fieldName, operator: field.operators.includes('ARRAY_HAS_ANY') ? 'ARRAY_HAS_ANY' : 'IN', value: scalars }
}

/** Keeps the rows whose value is none of these, those without a value included. */
export function isNoneOf(field: Filterable, fieldName: string, values: readonly string[]): Kept {
  const scalars = values.map((value) => scalarFor(field, value))
  const [only] = scalars
  if (field.type === 'boolean' && scalars.includes(true) && scalars.includes(false)) return 'none'
  if (scalars.length === 1 && only !== undefined) {
    // A boolean has no null: what is not true is false.
    if (typeof only === 'boolean') return { fieldName, operator: 'EQUAL', value: !only }
    if (field.operators.includes('NOT_EQUAL')) return { fieldName, operator: 'NOT_EQUAL', value: only }
  }
  return {
    fieldName,
    operator: field.operators.includes('ARRAY_HAS_NONE') ? 'ARRAY_HAS_NONE' : 'NOT_IN',
    value: scalars,
  }
}
