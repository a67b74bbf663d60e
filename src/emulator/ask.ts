import type { Settings } from './options.js'
import type { TrafficRow } from './row.js'
import type { AskedWindow } from './window.js'

/** An analytics call that was understood and allowed: the rows it is about, and how to answer. */
export type Ask = {
  /** Visible, in the window, within the key's reach, past all filters; sorted by `at`. */
  readonly rows: readonly TrafficRow[]
  readonly window: AskedWindow
  readonly now: number
  readonly settings: Settings
  readonly query: URLSearchParams
  /** Whether any visible request within the key's reach carries the metadata key, in the window or out of it. */
  readonly knowsMetadataKey: (key: string) => boolean
}
