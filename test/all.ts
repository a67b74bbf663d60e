import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from './fixtures/places.js'

/**
 * Runs all test files, or only those whose path holds one of the arguments, several processes at a time: a line for each process, and
 * all that a failing one said. The processes are plain: tap's own runner would give each of them loaders for mocks and coverage, which
 * nothing here uses and which took a third of the time. A file is also a program of its own: `node dist/dev/test/plan/planner.test.js`.
 */
const wanted = process.argv.slice(2).map((part) => part.replace(/^\.\//, '').replace(/\.ts$/, ''))
const compiled = join(ROOT, 'dist/dev')
const files = readdirSync(join(compiled, 'test'), { recursive: true, encoding: 'utf8' })
  .map((file) => join('test', file))
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .toSorted()

const unknown = wanted.filter((part) => !files.some((file) => file.includes(part)))
if (unknown.length > 0) throw new Error(`no test file's path holds ${unknown.join(', ')}`)

/** Tests wait as well as work: on two cores, three files at a time are done sooner than two. */
const JOBS = Math.ceil(availableParallelism() * 1.5)
const TIMEOUT_S = 300
/** tap says first which test took too long. */
const GRACE_S = 30

/** Files that start processes or a browser, watch their own process, or keep a machine busy: they have a process to themselves. */
const ALONE = [
  /^test\/(explorer|telemetry|deploy)\//,
  /^test\/oracle\/property/,
  /^test\/cache\/second-level/,
  /^test\/http\/(behind-proxy|fault|hostile|isolation|nginx|replicas|start-faults|stop)/,
]
/** What a process leaves running may hold its output open; so long that is waited for. */
const DRAIN_MS = 2_000

/** tap follows every promise to the test that made it, which costs a fifth of a run; a stray fault fails the file anyhow. */
const SHARE = join(compiled, 'test/share.js')
const UNFOLLOWED = join(compiled, 'test/unfollowed.js')
const NODE = ['--enable-source-maps', '--max-semi-space-size=64', `--import=${UNFOLLOWED}`]

const total = { checks: 0, failed: 0, skipped: 0, files: 0 }

const isAlone = (file: string): boolean => ALONE.some((pattern) => pattern.test(file))
const isOfRoom = (room: string) => (file: string) => dirname(file) === room && !isAlone(file)
const rooms = [...new Set(files.map((file) => dirname(file)))]
/** What each process runs: the files of a room, or one of those that are alone. */
const parts: readonly (readonly string[])[] = [
  ...rooms.map((room) => files.filter(isOfRoom(room))).filter((some) => some.length > 0),
  ...files.filter(isAlone).map((file) => [file]),
]

const runPart = async (part: readonly string[]): Promise<void> => {
  const began = performance.now()
  const programs = part.map((file) => join(compiled, file))
  const child = spawn(process.execPath, [...NODE, ...(part.length > 1 ? [SHARE, ...programs] : programs)], {
    env: { ...process.env, TAP_TIMEOUT: String(TIMEOUT_S) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: (TIMEOUT_S + GRACE_S) * 1_000,
    killSignal: 'SIGKILL',
  })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk))
  const closed = once(child, 'close')
  const [code, signal] = await once(child, 'exit')
  await Promise.race([closed, sleep(DRAIN_MS, null, { ref: false })])
  for (const stream of [child.stdout, child.stderr]) stream.destroy()
  report(part, Buffer.concat(said).toString(), code === 0 ? null : (signal ?? `exit code ${code}`), began)
}

/** A part has passed when its process ended well, its tests were counted, and none failed. */
const report = (part: readonly string[], said: string, ended: string | null, began: number): void => {
  const summary = /^# \{ total: .*\}$/m.exec(said)?.[0] ?? ''
  const count = (name: string): number => Number(new RegExp(`\\b${name}: (\\d+)`).exec(summary)?.[1] ?? 0)
  const isGood = ended === null && count('total') > 0 && count('fail') === 0
  const failed = isGood ? 0 : Math.max(1, count('fail'))
  total.checks += Math.max(failed, count('total'))
  total.failed += failed
  total.skipped += count('skip')
  total.files += part.length
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  const skipped = said.match(/^.*# SKIP.*$/gm) ?? []
  const [first = ''] = part
  const name = part.length > 1 ? `${dirname(first)}: ${part.length} files` : first.replace(/js$/, 'ts')
  const head = `${isGood ? 'ok' : 'not ok'} - ${name} (${count('total')} checks, ${seconds} s)`
  const lines = isGood ? [head, ...skipped] : [said, `${head}: ${ended ?? 'see above'}`]
  process.stdout.write(`${lines.join('\n')}\n`)
}

const waiting = parts.values()
await Promise.all(
  Array.from({ length: JOBS }, async () => {
    for (const part of waiting) await runPart(part)
  }),
)
const pass = total.checks - total.failed - total.skipped
process.stdout.write(
  `# { total: ${total.checks}, pass: ${pass}, fail: ${total.failed}, skip: ${total.skipped} } in ${total.files} files\n`,
)
if (total.failed > 0 || total.files === 0) process.exitCode = 1
