import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { ROOT } from './fixtures/places.js'

/**
 * Runs test files one after the other in this process, each loaded when the one before has ended. Started by test/all.ts: what one file
 * has warmed up serves the next, which takes half of the time that a process each would.
 */
const runNext = ([file, ...rest]: readonly string[]): void => {
  if (file === undefined) return
  t.test(`${relative(ROOT, file)} is loaded`, async () => {
    await import(pathToFileURL(file).href)
    // Queued behind the tests of the file.
    runNext(rest)
  })
}
runNext(process.argv.slice(2))
