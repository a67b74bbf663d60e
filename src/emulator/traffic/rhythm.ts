const MINUTES_A_DAY = 1440

// Sunday first; the mean is 1.
const WEEK = [0.45, 1.2, 1.3, 1.3, 1.25, 1.1, 0.4] as const

/**
 * How busy a minute is compared with the mean: a wave with its top at 15:00 UTC, weekdays above weekends. The mean over a
 * week is 1. `minute` counts from 1970-01-01.
 */
export function rhythm(minute: number): number {
  const day = Math.floor(minute / MINUTES_A_DAY)
  // 1970-01-01 was a Thursday.
  const weekday = WEEK[(((day + 4) % 7) + 7) % 7] ?? 1
  const hour = (minute - day * MINUTES_A_DAY) / 60
  return weekday * (1 + 0.7 * Math.cos((2 * Math.PI * (hour - 15)) / 24))
}
