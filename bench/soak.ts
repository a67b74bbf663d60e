import { aligned, type Print } from './print.js'
import { openSoakLoad, type Tally } from './soak-load.js'
import { type SoakProcesses, startSoak } from './soak-processes.js'
import { openSoakTokens, REWRITTEN_EVERY_MS } from './soak-tokens.js'
import {
  byName,
  latencyFindings,
  latencyRows,
  limitFinding,
  meanMebibytes,
  memoryFinding,
  replyFindings,
  type Sample,
} from './soak-verdict.js'

/** So small that it is full, and stays so, after a fraction of the time. */
const CACHE_MB = 24
const REQUEST_TIMEOUT_MS = 5_000
const SAMPLE_MS = 2_000
const ROWS = 20
const MINUTE_MS = 60_000

/**
 * Puts a mixed load on a process of the service for some minutes, its upstream another process that fails now and then, its tokens
 * file written again every few seconds, and prints how much memory the service had resident, what was answered and how fast. Whether
 * memory and times were bounded, nothing was lost and every reply was one that may be given.
 */
export async function soak(minutes: number, print: Print): Promise<boolean> {
  print(
    `A mixed load for ${minutes} minutes; CACHE_MAX_MB=${CACHE_MB}, TOKENS_FILE written every ${REWRITTEN_EVERY_MS / 1000} s. ` +
      'Resident memory of the service:\n',
  )
  const tokens = openSoakTokens()
  try {
    const processes = await startSoak({
      TOKENS_FILE: tokens.path,
      CACHE_MAX_MB: String(CACHE_MB),
      UPSTREAM_RPS: '1000',
      UPSTREAM_TIMEOUT_MS: '1000',
      REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
    })
    try {
      const began = performance.now()
      const load = openSoakLoad(processes.url, tokens)
      const stopRewriting = tokens.rewrite()
      const ms = minutes * MINUTE_MS
      const samples = await sampled(processes, ms, () => countOf(load.tally()))
      await load.stop()
      const loadedMs = performance.now() - began
      await stopRewriting()
      report(samples, load.tally(), loadedMs, print)
      print(`\nthe tokens file was written ${tokens.rewrites()} times`)
      return verdict(samples, load.tally(), loadedMs, print)
    } finally {
      await processes.end()
    }
  } finally {
    tokens.remove()
  }
}

function report(samples: readonly Sample[], tally: Tally, ms: number, print: Print): void {
  for (const line of aligned([['seconds', 'questions', 'MiB'], ...table(samples)])) print(line)
  print('')
  for (const line of aligned([['', 'times'], ...outcomes(tally)])) print(line)
  print('\nTime until the end of the reply, p50 / p99 in ms:\n')
  for (const line of aligned([
    ['', 'replies', 'first third', 'middle third', 'last third'],
    ...latencyRows(tally, ms),
  ])) {
    print(line)
  }
}

function verdict(samples: readonly Sample[], tally: Tally, ms: number, print: Print): boolean {
  const findings = [
    ...replyFindings(tally),
    ...latencyFindings(tally, ms, REQUEST_TIMEOUT_MS),
    limitFinding(tally.get('with a limit'), ms),
    memoryFinding(samples),
  ]
  for (const { says, holds } of findings) print(`${says}: ${holds ? 'yes' : 'NO'}`)
  return findings.every(({ holds }) => holds)
}

async function sampled({ mebibytes }: SoakProcesses, ms: number, questions: () => number): Promise<readonly Sample[]> {
  const began = performance.now()
  const samples: Sample[] = []
  while (performance.now() - began < ms) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS))
    const seconds = (performance.now() - began) / 1000
    samples.push({ seconds, mebibytes: mebibytes(), questions: questions() })
  }
  return samples
}

/** Some of the samples, evenly spread, each the mean of those since the one before. */
function table(samples: readonly Sample[]): readonly (readonly string[])[] {
  const size = Math.max(1, Math.ceil(samples.length / ROWS))
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, index) => {
    const some = samples.slice(index * size, (index + 1) * size)
    const last = some.at(-1)
    return [(last?.seconds ?? 0).toFixed(0), String(last?.questions ?? 0), meanMebibytes(some).toFixed(1)]
  })
}

function outcomes(tally: Tally): readonly (readonly string[])[] {
  return [...tally]
    .toSorted(byName)
    .flatMap(([kind, of]) =>
      [...of.outcomes].toSorted(byName).map(([outcome, times]) => [`${kind}: ${outcome}`, String(times)]),
    )
}

function countOf(tally: Tally): number {
  return [...tally.values()].flatMap((of) => [...of.outcomes.values()]).reduce((sum, times) => sum + times, 0)
}
