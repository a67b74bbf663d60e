/** Up to six decimals, or digits where it is small: more are noise of the arithmetic to people, and the exact value is at hand. */
const PLAIN = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6 })
const SHORT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 2 })
const MONEY = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2, minimumFractionDigits: 2 })
const SMALL_PLAIN = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 })
const SMALL = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })

/** A number as people read it in a column, where the unit stands above. What is not 0 never reads as 0. */
export const plain = (value: number): string => {
  if (value !== 0 && Math.abs(value) < TINY) return String(value)
  return (Math.abs(value) < 1 ? SMALL_PLAIN : PLAIN).format(value)
}

/** Below it the zeros are more than anybody counts. */
const TINY = 1e-9

/** A number with its unit, short: for axes, bars and tiles. */
export const short = (value: number, unit: string): string => withUnit(digits(Math.abs(value), unit), value < 0, unit)

const digits = (size: number, unit: string): string => {
  if (size >= 100_000) return SHORT.format(size)
  if (size === 0) return '0'
  if (unit === 'USD' && size >= 1) return MONEY.format(size)
  if (size >= 100) return PLAIN.format(Math.round(size * 10) / 10)
  const few = SMALL.format(size)
  // Half a dollar is $0.50.
  return unit === 'USD' && /\.\d$/.test(few) ? MONEY.format(size) : few
}

const withUnit = (digits: string, isNegative: boolean, unit: string): string => {
  const sign = isNegative ? '−' : ''
  switch (unit) {
    case 'USD':
      return `${sign}$${digits}`
    case 'ms':
      return `${sign}${digits} ms`
    case 'percent':
      return `${sign}${digits}%`
    default:
      return `${sign}${digits}`
  }
}
