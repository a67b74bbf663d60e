/** A window as the service takes it: ISO 8601, `[startTs, endTs)`. */
export type Window = { readonly startTs: string; readonly endTs: string }

/** A window that moves with the clock, or one that stands. */
export type Span = { readonly kind: 'preset'; readonly name: PresetName } | ({ readonly kind: 'exact' } & Window)

type Preset = {
  readonly label: string
  /** Its buckets, unless told otherwise. */
  readonly interval: string
  /** Epoch ms, `[start, end)`. */
  readonly at: (now: number) => readonly [number, number]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** So long, up to the end of the running `step`: who asks twice within a step asks the same. */
const last =
  (length: number, step: number): Preset['at'] =>
  (now) => {
    const end = Math.floor(now / step) * step + step
    return [end - length, end]
  }

const dayOf = (now: number): number => Math.floor(now / DAY) * DAY

const PRESETS = {
  '1h': { label: 'Last hour', interval: '1 minute', at: last(HOUR, MINUTE) },
  '6h': { label: 'Last 6 hours', interval: '10 minutes', at: last(6 * HOUR, 10 * MINUTE) },
  '24h': { label: 'Last 24 hours', interval: '1 hour', at: last(DAY, HOUR) },
  '7d': { label: 'Last 7 days', interval: '6 hours', at: last(7 * DAY, DAY) },
  '30d': { label: 'Last 30 days', interval: '1 day', at: last(30 * DAY, DAY) },
  today: { label: 'Today (UTC)', interval: '1 hour', at: (now) => [dayOf(now), dayOf(now) + DAY] },
  yesterday: { label: 'Yesterday (UTC)', interval: '1 hour', at: (now) => [dayOf(now) - DAY, dayOf(now)] },
  month: {
    label: 'This month (UTC)',
    interval: '1 day',
    at: (now) => {
      const date = new Date(now)
      return [Date.UTC(date.getUTCFullYear(), date.getUTCMonth()), dayOf(now) + DAY]
    },
  },
} satisfies Record<string, Preset>

/** A window that moves with the clock, as links name it. */
export type PresetName = keyof typeof PRESETS

/** Whether a text names such a window. */
export const isPreset = (name: string): name is PresetName => Object.hasOwn(PRESETS, name)

/** All presets, shortest first, as choices. */
export const presets: readonly { readonly name: string; readonly label: string }[] = Object.entries(PRESETS).map(
  ([name, { label }]) => ({ name, label }),
)

/** Buckets that suit a preset. */
export const intervalFor = (name: PresetName): string => PRESETS[name].interval

/** The window that a span is at an instant, epoch ms. */
export const windowOf = (span: Span, now: number): Window => {
  if (span.kind === 'exact') return { startTs: span.startTs, endTs: span.endTs }
  const [start, end] = PRESETS[span.name].at(now)
  return { startTs: new Date(start).toISOString(), endTs: new Date(end).toISOString() }
}
