import { randomBytes } from 'node:crypto'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { loadConfig } from '../src/config.js'
import { ServiceError } from '../src/errors.js'
import { type Authenticate, createAuthenticate } from '../src/http/auth.js'
import { openTeams } from '../src/teams/teams.js'
import { quantile } from './compare.js'
import { LEAST } from './questions.js'
import { openRefusals } from './refusals-load.js'
import { startService } from './service.js'

/** How long the refusal of one token takes, as a ratio to that of a random token of the same length. */
export type RefusalRow = {
  readonly name: string
  /** Whether it is as long as a good one: then the ratio must be 1. */
  readonly sameLength: boolean
  readonly check: number
  readonly http: number
}

/** Medians of many samples taken in turn differ by less. */
export const NOISE = 0.05

const GOOD = token()
/** Other good ones: who looks for one among many must not be told either. */
const OTHERS = Array.from({ length: 100 }, token)
const REFERENCE = bearer(token())

/** Headers `authorization` that nobody is admitted with; several = the header repeated. */
const CASES: readonly { readonly name: string; readonly sameLength: boolean; readonly values: readonly string[] }[] = [
  { name: 'another random token', sameLength: true, values: bearer(token()) },
  { name: 'all right but the last character', sameLength: true, values: bearer(`${GOOD.slice(0, -1)}!`) },
  { name: 'all right but the first character', sameLength: true, values: bearer(`!${GOOD.slice(1)}`) },
  { name: 'a prefix', sameLength: false, values: bearer(GOOD.slice(0, 20)) },
  { name: 'empty', sameLength: false, values: bearer('') },
  { name: '8 KB', sameLength: false, values: bearer(GOOD.padEnd(8_192, 'x')) },
  { name: 'not ASCII', sameLength: false, values: bearer(`${GOOD.slice(0, -1)}\u00e9`) },
  { name: 'the good one, twice', sameLength: false, values: [...bearer(GOOD), ...bearer(GOOD)] },
]

const ENVIRONMENT = {
  PORTKEY_API_KEY: 'none',
  PORTKEY_BASE_URL: 'http://127.0.0.1:9',
  API_TOKENS: [GOOD, ...OTHERS].join(),
}
const CHECK_ROUNDS = 600
const CHECK_BATCH = 100
const HTTP_ROUNDS = 4_000
/** The part of the rounds that warms the compiler up. */
const WARM_UP = 0.2

/** Times refusals by the check alone, and whole ones by the real process on loopback. */
export async function refusalRows(): Promise<readonly RefusalRow[]> {
  const config = loadConfig(ENVIRONMENT)
  const authenticate = createAuthenticate(config, openTeams(config))
  const checks = await ratios(CHECK_ROUNDS, (values) => checkOf(authenticate, values))
  const service = await startService(ENVIRONMENT)
  try {
    const load = await openRefusals(service.port, JSON.stringify(LEAST))
    const http = await ratios(HTTP_ROUNDS, (values) => {
      const request = load.request(values)
      return () => load.refused(request)
    })
    load.close()
    return CASES.map(({ name, sameLength }, at) => ({
      name,
      sameLength,
      check: checks[at] ?? Number.NaN,
      http: http[at] ?? Number.NaN,
    }))
  } finally {
    await service.end()
  }
}

type Sample = () => Promise<number>

/** Medians of all cases over that of the reference: a sample of each a round, in an order that changes. */
async function ratios(rounds: number, sampleOf: (values: readonly string[]) => Sample): Promise<readonly number[]> {
  const all = [REFERENCE, ...CASES.map(({ values }) => values)].map((values) => ({
    sample: sampleOf(values),
    times: [] as number[],
  }))
  for (let round = 0; round < rounds; round++) {
    const shuffled = all.map((one) => ({ one, at: Math.random() })).toSorted((a, b) => a.at - b.at)
    for (const { one } of shuffled) {
      const ms = await one.sample()
      if (round >= rounds * WARM_UP) one.times.push(ms)
    }
  }
  const [reference = Number.NaN, ...medians] = all.map(({ times }) => quantile(times, 0.5))
  return medians.map((median) => median / reference)
}

/** A sample of the check alone: a batch, as one is too short for the clock. */
function checkOf(authenticate: Authenticate, values: readonly string[]): Sample {
  const request = new IncomingMessage(new Socket())
  request.rawHeaders = values.flatMap((value) => ['authorization', value])
  return async () => {
    const began = performance.now()
    for (let run = 0; run < CHECK_BATCH; run++) {
      try {
        authenticate(request)
      } catch (error) {
        if (error instanceof ServiceError && error.code === 'UNAUTHENTICATED') continue
        throw error
      }
      throw new Error('a wrong token was let in')
    }
    return performance.now() - began
  }
}

function token(): string {
  return randomBytes(32).toString('base64url')
}

function bearer(text: string): readonly string[] {
  return [`Bearer ${text}`]
}
