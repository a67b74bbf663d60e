import { fieldOperators } from '../catalog/catalog.js'
import type { FieldEntry } from '../catalog/types.js'
import type { Operator, Scalar } from '../catalog/vocabulary.js'

/** A question's part that filters, for each operator of a field. */
export function filtersOf(field: FieldEntry): readonly { readonly use: Operator; readonly body: Filtering }[] {
  const values = field.values ?? SAMPLES[field.type]
  return fieldOperators(field).map((use) => ({ use, body: filterOn(field.name, use, values) }))
}

/** A filter by an operator with values of the right shape; their number and kind are what plans depend on. */
export function filterOn(fieldName: string, operator: Operator, values: readonly Scalar[]): Filtering {
  return { filters: [{ fieldName, operator, value: valueFor(operator, values) }] }
}

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

function valueFor(operator: Operator, values: readonly Scalar[]): unknown {
  switch (operator) {
    case 'IN':
    case 'NOT_IN':
    case 'ARRAY_HAS_ANY':
    case 'ARRAY_HAS_NONE':
    case 'BETWEEN':
      return values.slice(0, 2)
    case 'IS_NULL':
      return false
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
