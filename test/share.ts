import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { ROOT } from './fixtures/places.js'

/**
 * Runs test files one after the other in this process, each loaded when the one before has ended, whatever came of that. Started by
 * test/all.ts: what one file has warmed up serves the next, which takes half of the time that a process each would.
 */
const runNext = ([file, ...rest]: readonly string[]): void => {
  if (file === undefined) return
  const name = relative(ROOT, file)
  t.test(`${name} is loaded`, async () => {
    const before = t.counts.total
    try {
      await import(pathToFileURL(file).href)
    } finally {
      // Both are queued behind the tests of the file.
      t.test(`${name} has tests`, async ({ ok }) => {
        ok(t.counts.total > before + 1, 'else it would fail alone')
      })
      runNext(rest)
    }
  })
}
runNext(process.argv.slice(2))
