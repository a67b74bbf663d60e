import { unwatchFile, watchFile as watchStat } from 'node:fs'

/** How often a change is looked for, in ms. */
const EVERY_MS = 1_000

/**
 * Runs `work` after each change of a file, one run at a time, and once soon after the start, until the returned function is called. Looks
 * at the file itself rather than listening for events: mounted secrets are changed by turning a link, which events of the file do not
 * tell.
 */
export function watchFile(path: string, work: () => Promise<void>): () => void {
  let running = Promise.resolve()
  const listener = () => {
    running = running.then(work)
  }
  watchStat(path, { interval: EVERY_MS, persistent: false }, listener)
  // A change that came before the first look would be taken for the file as it was.
  const first = setTimeout(listener, EVERY_MS).unref()
  return () => {
    clearTimeout(first)
    unwatchFile(path, listener)
  }
}
