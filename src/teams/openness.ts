import { findField } from '../catalog/catalog.js'
import { dimensionEntry, STATUS_CODES } from '../catalog/dimensions.js'
import type { FieldSource } from '../catalog/types.js'
import { passes } from '../plan/predicate.js'
import { boundsOf, clipped, isEmpty } from '../plan/ranges.js'
import type { Tables } from '../query/fields.js'
import type { Filter, Predicate } from '../query/query.js'

/**
 * Whether a filter is known to let every request of the datasource pass: nobody who writes that means a restriction. What depends on the
 * values that there are is not known.
 */
export function leavesNothingOut({ datasource, catalog }: Tables, { field, predicate }: Filter): boolean {
  // An empty text is nobody's value.
  if (predicate.kind === 'notIn' && predicate.values.every((value) => value === '')) return true
  const entry = field.kind === 'field' ? findField(datasource, field.name, catalog) : undefined
  if (entry === undefined) return false
  const { source } = entry
  if (entry.nullMeansAll === true && predicate.kind === 'null' && predicate.isNull) return true
  if (source.kind === 'range') return holdsEveryNumber(predicate, source)
  if (source.kind !== 'dimension') return false
  if (source.dimension === 'status_code') {
    const { rows } = catalog[datasource]
    const codes = rows.kind === 'status' ? rows.codes.map(String) : STATUS_CODES
    return codes.every((code) => passes(code, [{ reading: source.reading, predicate }]))
  }
  const wantsAny =
    (predicate.kind === 'null' && !predicate.isNull) ||
    (predicate.kind === 'match' && predicate.text === '' && !predicate.negated)
  return wantsAny && !dimensionEntry({ kind: 'dimension', name: source.dimension }).nullable
}

function holdsEveryNumber(predicate: Predicate, source: Extract<FieldSource, { kind: 'range' }>): boolean {
  const possible = (of: Predicate) => {
    const bounds = boundsOf(of, source.unit)
    return bounds && clipped(bounds, source.parameter)
  }
  if (predicate.kind === 'notIn') {
    return predicate.values.every((value) => {
      const only = possible({ kind: 'in', values: [value] })
      return only !== null && isEmpty(only)
    })
  }
  const bounds = possible(predicate)
  return bounds !== null && bounds.min === null && (bounds.max ?? Number.POSITIVE_INFINITY) >= Number.MAX_SAFE_INTEGER
}
