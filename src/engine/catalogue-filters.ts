import { fieldOperators } from '../catalog/catalog.js'
import { dimensionEntry } from '../catalog/dimensions.js'
import type { FieldEntry } from '../catalog/types.js'
import type { Operator, Scalar } from '../catalog/vocabulary.js'

/** A question's part that filters, for each operator of a field; `IS_NULL` by each of its values, as they are two questions. */
export function filtersOf(field: FieldEntry): readonly Filtered[] {
  const values = field.values ?? (hasUuids(field) ? UUIDS : SAMPLES[field.type])
  return fieldOperators(field).flatMap((use) => filtersBy(field.name, use, values))
}

/** Filters by an operator with values of the right shape; their number and kind are what plans depend on. */
export function filtersBy(fieldName: string, operator: Operator, values: readonly Scalar[]): readonly Filtered[] {
  const body = (value: unknown) => ({ filters: [{ fieldName, operator, value }] })
  if (operator !== 'IS_NULL') return [{ use: operator, body: body(valueFor(operator, values)) }]
  return [true, false].map((value) => ({ use: `IS_NULL ${value}`, body: body(value) }))
}

/** A use of a field and the part of a question that makes it. */
export type Filtered = { readonly use: string; readonly body: Filtering }

/** The one filter of a question, as it stands in a body. */
export type Filtering = {
  readonly filters: readonly { readonly fieldName: string; readonly operator: Operator; readonly value: unknown }[]
}

/** Values that any field of the type takes. */
const SAMPLES: Readonly<Record<FieldEntry['type'], readonly Scalar[]>> = {
  string: ['a', 'b'],
  array: ['a', 'b'],
  number: [200, 404],
  boolean: [true],
}

/** Of API keys: no request has another text there, so a plan for one would be about nothing. */
const UUIDS = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']

function hasUuids({ source }: FieldEntry): boolean {
  return (
    source.kind === 'dimension' && dimensionEntry({ kind: 'dimension', name: source.dimension }).filter === 'apiKeyIds'
  )
}

function valueFor(operator: Exclude<Operator, 'IS_NULL'>, values: readonly Scalar[]): unknown {
  switch (operator) {
    case 'IN':
    case 'NOT_IN':
    case 'ARRAY_HAS_ANY':
    case 'ARRAY_HAS_NONE':
    case 'BETWEEN':
      return values.slice(0, 2)
    case 'EQUAL':
    case 'NOT_EQUAL':
    case 'STRING_CONTAINS':
    case 'STRING_NOT_CONTAINS':
    case 'STRING_STARTS_WITH':
    case 'STRING_NOT_STARTS_WITH':
    case 'STRING_ENDS_WITH':
    case 'STRING_NOT_ENDS_WITH':
    case 'GREATER_THAN':
    case 'LESS_THAN':
    case 'GREATER_THAN_EQUAL':
    case 'LESS_THAN_EQUAL':
      return values[0]
  }
}
