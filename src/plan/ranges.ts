import type { FieldSource, RangeParameter } from '../catalog/types.js'
import type { WireRange } from '../portkey/call.js'
import type { Predicate } from '../query/query.js'

type RangeSource = Extract<FieldSource, { kind: 'range' }>

/** Inclusive bounds as the upstream takes them, still numbers; `null` = open. */
export type Bounds = { readonly min: number | null; readonly max: number | null }

/** No bound at all. */
export const OPEN: Bounds = { min: null, max: null }

/**
 * The inclusive bounds, in the parameter's own unit (cents for USD), that select what the predicate selects; `null` when
 * one range cannot say it. Integers are rounded inwards; a strict bound on a float is the next representable double.
 */
export function boundsOf(predicate: Predicate, unit: RangeSource['unit']): Bounds | null {
  switch (predicate.kind) {
    case 'range':
      return {
        min: predicate.min && lower(predicate.min.value, predicate.min.inclusive, unit),
        max: predicate.max && upper(predicate.max.value, predicate.max.inclusive, unit),
      }
    case 'in': {
      const [only, ...others] = predicate.values
      if (typeof only !== 'number' || others.length > 0) return null
      return { min: lower(only, true, unit), max: upper(only, true, unit) }
    }
    case 'notIn':
    case 'match':
    case 'null':
      return null
  }
}

/** Both at once. */
export function intersect(one: Bounds, other: Bounds): Bounds {
  return {
    min: one.min === null ? other.min : other.min === null ? one.min : Math.max(one.min, other.min),
    max: one.max === null ? other.max : other.max === null ? one.max : Math.min(one.max, other.max),
  }
}

/** What a parameter can be at all, in its own unit: the upstream refuses a call that asks beyond. */
const POSSIBLE: Readonly<Record<RangeParameter, Bounds>> = {
  promptTokens: { min: 0, max: Number.MAX_SAFE_INTEGER },
  completionTokens: { min: 0, max: Number.MAX_SAFE_INTEGER },
  totalUnits: { min: 0, max: Number.MAX_SAFE_INTEGER },
  cost: { min: 0, max: null },
  weightedFeedback: { min: -10, max: 10 },
}

/** The same choice within what can be; beyond it nothing is left. */
export function clipped(bounds: Bounds, parameter: RangeParameter): Bounds {
  const possible = POSSIBLE[parameter]
  const none = { min: 1, max: 0 }
  if (bounds.min !== null && possible.max !== null && bounds.min > possible.max) return none
  if (bounds.max !== null && possible.min !== null && bounds.max < possible.min) return none
  const min = bounds.min !== null && possible.min !== null ? Math.max(bounds.min, possible.min) : bounds.min
  const max = bounds.max !== null && possible.max !== null ? Math.min(bounds.max, possible.max) : bounds.max
  // Every request has tokens and a cost, if only 0; a bound on feedback also asks that there is some.
  const open = parameter !== 'weightedFeedback' && min === possible.min
  return { min: open ? null : min, max }
}

/** Whether nothing lies between the bounds. */
export function isEmpty(bounds: Bounds): boolean {
  return bounds.min !== null && bounds.max !== null && bounds.min > bounds.max
}

/** As text for the wire; decimals never in exponent form. */
export function toWire(bounds: Bounds): WireRange {
  return {
    ...(bounds.min !== null && { min: plainDecimal(bounds.min) }),
    ...(bounds.max !== null && { max: plainDecimal(bounds.max) }),
  }
}

/** USD → cents by moving the decimal point of the shortest text, so that 0.07 is 7 and not 7.000000000000001. */
export function usdToCents(usd: number): number {
  const [digits = '0', exponent = '0'] = String(usd).split('e')
  return Number(`${digits}e${Number(exponent) + 2}`)
}

function lower(value: number, inclusive: boolean, unit: RangeSource['unit']): number {
  if (unit === 'integer') return inclusive ? Math.ceil(value) : Math.floor(value) + 1
  const scaled = unit === 'usd' ? usdToCents(value) : value
  return inclusive ? scaled : nextDouble(scaled, 1)
}

function upper(value: number, inclusive: boolean, unit: RangeSource['unit']): number {
  if (unit === 'integer') return inclusive ? Math.floor(value) : Math.ceil(value) - 1
  const scaled = unit === 'usd' ? usdToCents(value) : value
  return inclusive ? scaled : nextDouble(scaled, -1)
}

/** The neighbour of a double, upwards (1) or downwards (-1). */
function nextDouble(value: number, direction: 1 | -1): number {
  if (value === 0) return direction * Number.MIN_VALUE
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const away = value > 0 === direction > 0
  view.setBigInt64(0, view.getBigInt64(0) + (away ? 1n : -1n))
  return view.getFloat64(0)
}

function plainDecimal(value: number): string {
  const text = String(value)
  const [mantissa = '0', exponent] = text.split('e')
  if (exponent === undefined) return text
  const sign = mantissa.startsWith('-') ? '-' : ''
  const [whole = '0', fraction = ''] = mantissa.replace('-', '').split('.')
  const point = whole.length + Number(exponent)
  const digits = whole + fraction
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return point >= digits.length
    ? `${sign}${digits}${'0'.repeat(point - digits.length)}`
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}
