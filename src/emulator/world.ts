import type { Settings } from './options.js'
import { MAIN_WORKSPACE, SECOND_WORKSPACE, type TrafficRow } from './row.js'
import type { Store } from './store.js'

/** All that an answer depends on besides the request. */
export type World = {
  readonly store: Store
  readonly settings: Settings
  /** The emulator's clock, epoch ms. */
  readonly now: number
  readonly workspaces: ReadonlySet<string>
}

/** Slugs of the workspaces that exist: the generated ones, those of fixed rows, and those of keys. */
export function workspacesOf(settings: Settings, fixedRows: readonly TrafficRow[]): ReadonlySet<string> {
  const ofKeys = Object.values(settings.keys).flatMap(({ workspace }) => (workspace === null ? [] : [workspace]))
  return new Set([MAIN_WORKSPACE, SECOND_WORKSPACE, ...fixedRows.map((row) => row.workspace), ...ofKeys])
}
