import type { ListingAnswer } from './answer.js'
import { type FieldSpec, readColumns } from './fields.js'
import { malformed } from './malformed.js'
import { readText, type WireObject } from './wire.js'

/** Which wire names a listing's rows use. */
export type ListingShape = {
  readonly dimension: readonly [string, ...string[]]
  readonly fields: readonly FieldSpec[]
}

/**
 * The rows of a whole listing (all pages), in the upstream's order. With no rows nothing can be said about the optional columns:
 * they are absent. Throws `UPSTREAM_MALFORMED` on a repeated value, and when no row at all names the dimension.
 */
export function readListing(rows: readonly WireObject[], shape: ListingShape, path: string): ListingAnswer {
  if (rows.length > 0 && wireName(rows, shape) === undefined) {
    throw malformed(path, `${shape.dimension[0]} is in none of ${rows.length} rows`)
  }
  return { kind: 'listing', values: readValues(rows, shape, path), fields: readColumns(rows, shape.fields, path) }
}

/** The dimension's value of each row; throws `UPSTREAM_MALFORMED` when two are the same. */
export function readValues(rows: readonly WireObject[], shape: ListingShape, path: string): readonly string[] {
  const name = wireName(rows, shape) ?? shape.dimension[0]
  const values = rows.flatMap((row) => readText(row[name]) ?? [])
  if (values.length < rows.length) {
    throw malformed(path, `${name} is not text in ${rows.length - values.length} of ${rows.length} rows`)
  }
  const doubled = values.length - new Set(values).size
  if (doubled > 0) throw malformed(path, `${doubled} of ${rows.length} rows repeat the ${name} of another`)
  return values
}

function wireName(rows: readonly WireObject[], { dimension }: ListingShape): string | undefined {
  return dimension.find((name) => rows.some((row) => Object.hasOwn(row, name)))
}
