import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { WORKSPACE_KEY } from '../src/emulator/emulator.js'
import { aligned, type Print } from './print.js'
import { openSoakLoad, type Tally } from './soak-load.js'

/** How far the mean of the last third may be above that of the middle third and still be flat, in %. */
export const FLAT_PERCENT = 5
/** So small that it is full, and stays so, after a fraction of the time. */
const CACHE_MB = 24
const SAMPLE_MS = 2_000
const ROWS = 20
const MINUTE_MS = 60_000
const TOKEN = 'a-token-of-the-soak'

type Sample = { readonly seconds: number; readonly mebibytes: number; readonly questions: number }

/**
 * Puts a mixed load on a process of the service for some minutes, its upstream another process that fails now and then, and prints
 * how much memory the service had resident. Whether it was flat, and every reply one that may be given.
 */
export async function soak(minutes: number, print: Print): Promise<boolean> {
  print(`A mixed load for ${minutes} minutes; CACHE_MAX_MB=${CACHE_MB}. Resident memory of the service:\n`)
  const upstream = fork(join(import.meta.dirname, 'soak-upstream.js'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [baseUrl] = await once(upstream, 'message')
  const service = fork(join(import.meta.dirname, '../src/main.js'), {
    env: {
      PORTKEY_API_KEY: WORKSPACE_KEY,
      PORTKEY_BASE_URL: String(baseUrl),
      API_TOKENS: TOKEN,
      PORT: '0',
      CACHE_MAX_MB: String(CACHE_MB),
      UPSTREAM_RPS: '1000',
      UPSTREAM_TIMEOUT_MS: '1000',
      REQUEST_TIMEOUT_MS: '5000',
    },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  try {
    const load = openSoakLoad(await urlOf(service), TOKEN)
    const samples = await sampled(service, minutes * MINUTE_MS, () => countOf(load.tally()))
    await load.stop()
    for (const line of aligned([['seconds', 'questions', 'MiB'], ...table(samples)])) print(line)
    print('')
    for (const line of aligned([['', 'times'], ...outcomes(load.tally())])) print(line)
    return verdict(samples, load.tally(), print)
  } finally {
    await end(service)
    upstream.disconnect()
    await once(upstream, 'exit')
  }
}

function verdict(samples: readonly Sample[], tally: Tally, print: Print): boolean {
  const third = Math.floor(samples.length / 3)
  const middle = mean(samples.slice(third, 2 * third))
  const last = mean(samples.slice(2 * third))
  const growth = 100 * (last / middle - 1)
  const flat = growth <= FLAT_PERCENT
  const wrong = [...tally].flatMap(([kind, of]) =>
    [...of.keys()].filter((outcome) => !isSound(outcome)).map((outcome) => `${kind}: ${outcome}`),
  )
  print(
    `\nmiddle third ${middle.toFixed(1)} MiB, last third ${last.toFixed(1)} MiB: ${growth >= 0 ? '+' : ''}${growth.toFixed(1)} %, ` +
      `target <= ${FLAT_PERCENT} %: ${flat ? 'yes' : 'NO'}`,
  )
  if (wrong.length > 0) print(`replies that may not be: ${wrong.join('; ')}`)
  return flat && wrong.length === 0
}

/** Whether a reply may be given: whatever goes wrong, it is not a fault of the service's own, and no connection is just lost. */
function isSound(outcome: string): boolean {
  return !outcome.startsWith('500') && !outcome.startsWith('lost')
}

async function sampled(service: ChildProcess, ms: number, questions: () => number): Promise<readonly Sample[]> {
  const began = performance.now()
  const samples: Sample[] = []
  while (performance.now() - began < ms) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS))
    if (service.pid === undefined || service.exitCode !== null || service.signalCode !== null) {
      throw new Error('the service has ended')
    }
    const seconds = (performance.now() - began) / 1000
    samples.push({ seconds, mebibytes: residentMebibytes(service.pid), questions: questions() })
  }
  return samples
}

/** Resident memory of a process, as the system counts it. */
function residentMebibytes(pid: number): number {
  try {
    const kibibytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    if (kibibytes !== undefined) return Number(kibibytes) / 1024
  } catch {
    // Not a Linux: ps knows.
  }
  const said = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout
  return Number(said.trim()) / 1024
}

/** Some of the samples, evenly spread, each the mean of those since the one before. */
function table(samples: readonly Sample[]): readonly (readonly string[])[] {
  const size = Math.max(1, Math.ceil(samples.length / ROWS))
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, index) => {
    const some = samples.slice(index * size, (index + 1) * size)
    const last = some.at(-1)
    return [(last?.seconds ?? 0).toFixed(0), String(last?.questions ?? 0), mean(some).toFixed(1)]
  })
}

function outcomes(tally: Tally): readonly (readonly string[])[] {
  return [...tally]
    .toSorted()
    .flatMap(([kind, of]) => [...of].toSorted().map(([outcome, times]) => [`${kind}: ${outcome}`, String(times)]))
}

function countOf(tally: Tally): number {
  return [...tally.values()].flatMap((of) => [...of.values()]).reduce((sum, times) => sum + times, 0)
}

function mean(samples: readonly Sample[]): number {
  return samples.reduce((sum, { mebibytes }) => sum + mebibytes, 0) / Math.max(1, samples.length)
}

/** Where the service says that it listens; its log is read on, to nowhere. */
function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (chunk: Buffer) => {
      text += chunk.toString()
      const url = /listening at (http:[^"\s]+)/.exec(text)?.[1]
      if (url === undefined) return
      child.stdout?.off('data', read).resume()
      resolve(url)
    }
    child.stdout?.on('data', read)
    child.once('exit', () => reject(new Error(`the service ended: ${text}`)))
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
