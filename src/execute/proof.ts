import type { ListingAnswer } from '../portkey/answer.js'

/** Decimals beyond which an average was surely not rounded for people to read (DESIGN, "Plan": more than 6). */
const PRECISE_DECIMALS = 7
/** How far a product of average and requests may be from the whole number it must be. */
const WHOLE = 1e-6

/** What a listing's averages prove about themselves. `precise`: this deployment writes averages with all their digits. */
export type Proof = { readonly holds: boolean; readonly precise: boolean }

/**
 * Whether input and output averages of a listing multiply back to token sums in every row: both products are whole, and they
 * add up to the total that stands in the same row. Whole products alone do not show that nothing was rounded (300 requests ×
 * 33.33 is whole too), so a row must also have fewer requests than its digits can tell apart, unless averages are known to be
 * precise.
 */
export function proveTokens(listing: ListingAnswer, alreadyPrecise: boolean): Proof {
  const { requests = [], avgInputTokens = [], avgOutputTokens = [], totalTokens = [] } = listing.fields
  const decimals = mostDecimals([...avgInputTokens, ...avgOutputTokens])
  const precise = decimals >= PRECISE_DECIMALS
  const holds = requests.every((count, index) => {
    const rows = count ?? 0
    const input = (avgInputTokens[index] ?? 0) * rows
    const output = (avgOutputTokens[index] ?? 0) * rows
    const whole = isWhole(input) && isWhole(output) && Math.round(input) + Math.round(output) === totalTokens[index]
    return whole && (precise || alreadyPrecise || rows <= 10 ** decimals)
  })
  return { holds: holds || requests.every((count) => count === 0), precise: holds && precise }
}

/**
 * Whether hit rates (per cent) of a listing multiply back to hits in every row: the product is whole, and the rate has so many
 * digits that no other whole number rounds to it. `null` is a rate of nothing known, so nothing is proven.
 */
export function proveHits(rates: readonly (number | null)[], requests: readonly (number | null)[]): boolean {
  const decimals = mostDecimals(rates)
  // Nothing but zeros: the hits in all, which they are held against, leave no other reading.
  if (rates.every((rate) => rate === 0)) return true
  return requests.every((count, index) => {
    const rate = rates[index]
    if (count === null || count === 0) return true
    if (rate === null || rate === undefined) return false
    return isWhole((rate * count) / 100) && (decimals >= PRECISE_DECIMALS || count < 10 ** (decimals + 2))
  })
}

/** Whether averages of a listing's column carry enough digits to be multiplied back. */
export function provePrecision(averages: readonly (number | null)[]): boolean {
  return averages.every((value) => value === null) || mostDecimals(averages) >= PRECISE_DECIMALS
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= WHOLE
}

/** Digits after the point in the longest of the numbers, written as short as they can be. */
function mostDecimals(values: readonly (number | null)[]): number {
  return values.reduce((most: number, value) => Math.max(most, decimalsOf(value ?? 0)), 0)
}

function decimalsOf(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).split('e')
  return Math.max(0, (mantissa.split('.')[1] ?? '').length - Number(exponent))
}
