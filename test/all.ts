import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from './fixtures/places.js'

/**
 * Runs every test file in a process of its own, or only those whose path holds one of the arguments. The processes are
 * started plain: tap's own runner would give each of them loaders for mocks and coverage, which nothing here uses and which
 * took a third of the time. A file is also a program of its own: `node dist/dev/test/plan/planner.test.js`.
 */
const wanted = process.argv.slice(2).map((part) => part.replace(/\.ts$/, ''))
const compiled = join(ROOT, 'dist/dev')
const files = readdirSync(join(compiled, 'test'), { recursive: true, encoding: 'utf8' })
  .map((file) => join('test', file))
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .toSorted()

/** Tests wait as well as work: on two cores, three files at a time are done sooner than two. */
const JOBS = Math.ceil(availableParallelism() * 1.5)
const TIMEOUT_S = 120

/** tap follows every promise to the test that made it, which costs a fifth of a run; a stray fault fails the file anyhow. */
const UNFOLLOWED = join(compiled, 'test/unfollowed.js')

t.jobs = JOBS
t.setTimeout(0)
t.ok(files.length > 0, 'there are such tests')
for (const file of files) {
  const settings = ['-u', 'NODE_OPTIONS', `TAP_TIMEOUT=${TIMEOUT_S}`]
  const node = [process.execPath, '--enable-source-maps', `--import=${UNFOLLOWED}`]
  t.spawn('env', [...settings, ...node, join(compiled, file)], {
    name: file.replace(/js$/, 'ts'),
    timeout: TIMEOUT_S * 1_000,
    buffered: true,
  })
}
