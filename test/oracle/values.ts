import fc from 'fast-check'
import { CATALOG } from '../../src/catalog/catalog.js'
import type { FieldEntry } from '../../src/catalog/types.js'
import { DATASOURCES, type Operator } from '../../src/catalog/vocabulary.js'
import type { Oracle } from './oracle.js'
import type { FilterValue, Scalar } from './question.js'

/** Values that occur, by datasource and field (`metadata.<key>` included). */
export type Seen = ReadonlyMap<string, readonly Scalar[]>

const MOST_SEEN = 60

/** Reads off the requests what there is to filter by. */
export async function valuesSeen(oracle: Oracle, metadataKeys: readonly string[]): Promise<Seen> {
  const seen = new Map<string, readonly Scalar[]>()
  for (const datasource of DATASOURCES) {
    const fields = CATALOG[datasource].fields.map((field) => field.name)
    for (const name of [...fields, ...metadataKeys.map((key) => `metadata.${key}`)]) {
      const values = await oracle.values(datasource, name)
      seen.set(`${datasource}.${name}`, values.slice(0, MOST_SEEN))
    }
  }
  return seen
}

/** A value that fits operator and field (`null` = a metadata key): mostly one that occurs, sometimes nearly. */
export function filterValue(
  operator: Operator,
  field: FieldEntry | null,
  seen: readonly Scalar[],
): fc.Arbitrary<FilterValue> {
  if (operator === 'IS_NULL') return fc.boolean()
  const one = oneValue(field, seen)
  if (operator === 'BETWEEN') {
    return fc.tuple(numberNear(field, seen), numberNear(field, seen)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)])
  }
  if (operator.startsWith('GREATER') || operator.startsWith('LESS')) return numberNear(field, seen)
  if (operator === 'IN' || operator === 'NOT_IN' || operator.startsWith('ARRAY')) {
    return fc.oneof(fc.array(one, { minLength: 1, maxLength: 3 }), fc.array(one, { minLength: 1, maxLength: 12 }))
  }
  if (!operator.startsWith('STRING') || field?.values !== undefined) return one
  return fc
    .tuple(one, fc.nat({ max: 12 }), fc.integer({ min: 0, max: 6 }))
    .map(([value, from, length]) => partOf(operator, String(value), from, length))
}

/** A piece of the text that the operator could find in it; surrogate pairs are left whole. */
function partOf(operator: string, text: string, from: number, length: number): string {
  const letters = [...text]
  if (operator.includes('STARTS')) return letters.slice(0, length).join('')
  if (operator.includes('ENDS')) return letters.slice(Math.max(0, letters.length - length)).join('')
  return letters.slice(from, from + length).join('')
}

function oneValue(field: FieldEntry | null, seen: readonly Scalar[]): fc.Arbitrary<Scalar> {
  if (field?.values !== undefined) return fc.constantFrom(...field.values)
  if (field?.type === 'boolean') return fc.boolean()
  if (field?.type === 'number') return numberNear(field, seen)
  const texts = seen.map(String)
  const near = fc.constantFrom(
    '',
    'nothing like it',
    'gpt',
    '__',
    'a,b',
    '%',
    ...texts.flatMap(nearMisses).slice(0, 20),
  )
  if (texts.length === 0) return near
  return fc.oneof({ weight: 7, arbitrary: fc.constantFrom(...texts) }, { weight: 1, arbitrary: near })
}

function nearMisses(text: string): readonly string[] {
  return [text.toUpperCase(), ` ${text}`, `${text} `, [...text].slice(0, -1).join('')].filter((other) => other !== text)
}

function numberNear(field: FieldEntry | null, seen: readonly Scalar[]): fc.Arbitrary<number> {
  const numbers = seen.flatMap((value) => (typeof value === 'number' ? [value] : []))
  const usd = field?.source.kind === 'range' && field.source.unit === 'usd'
  const known = usd ? numbers.map(dollars) : numbers
  const odd = fc.constantFrom(0, 1, -1, 0.5, 200.5, 399, 400, 599, 600, 1e-9, 1e9)
  if (known.length === 0) return odd
  const nudged = fc
    .tuple(fc.constantFrom(...known), fc.constantFrom(-1, -0.5, 0.5, 1, 1e-12))
    .map(([number, more]) => number + more)
  return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...known) }, nudged, odd)
}

/** Cents as USD: the decimal text with its point moved, so that filters can hit a request's very cost. */
function dollars(cents: number): number {
  const [digits, exponent = '0'] = String(cents).split('e')
  return Number(`${digits}e${Number(exponent) - 2}`)
}
