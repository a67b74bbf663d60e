/** A stretch of time in which a zone's clock stays `offset` ms ahead of UTC; it ends where the next one starts. */
export type Stretch = { readonly from: number; readonly offset: number }

const DAY = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** How far the wall clock of the zone is ahead of UTC at an instant, ms; read off formatted dates. */
export function offsetAt(zone: string, instant: number): number {
  if (zone === 'UTC') return 0
  const parts = new Map(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const read = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
  const wall = Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'))
  return wall - Math.floor(instant / 1000) * 1000
}

/** The stretches between two instants, found by bisection: never two changes of a clock in a day. */
export function stretchesOf(zone: string, from: number, to: number): readonly Stretch[] {
  const stretches = [{ from, offset: offsetAt(zone, from) }]
  if (zone === 'UTC') return stretches
  for (let day = from; day < to; day += DAY) {
    const before = offsetAt(zone, day)
    const after = offsetAt(zone, day + DAY)
    if (after === before) continue
    let low = day
    let high = day + DAY
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (offsetAt(zone, middle) === before) low = middle
      else high = middle
    }
    stretches.push({ from: high, offset: after })
  }
  return stretches
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, made)
  return made
}
