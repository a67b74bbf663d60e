import { type ChildProcess, spawn } from 'node:child_process'
import type { Test } from 'tap'
import {
  createEmulator,
  type Emulator,
  type EmulatorOptions,
  MAIN_WORKSPACE,
  WORKSPACE_KEY,
} from '../../src/emulator/emulator.js'
import { startRedis } from '../cache/redis-server.js'
import type { Row } from '../engine/scan.js'
import { read } from '../engine/service.js'
import { MAIN } from '../fixtures/places.js'
import { inTime } from './fault-cell.js'
import { TOKEN } from './harness.js'

// Real processes and one Redis, as replicas behind a balancer.

/** A process of the service. */
export type Replica = {
  readonly child: ChildProcess
  readonly ask: (body: object) => Promise<{
    readonly status: number
    readonly cache: string | null
    readonly calls: number
    readonly rows: readonly Row[]
    readonly message: string
  }>
}

export type ReplicaParts = {
  /** Compiled. */
  /** Addresses. */
  readonly upstream: string
  readonly redis: string
  readonly env?: NodeJS.ProcessEnv
}

/** A process that listens and has found its Redis. */
export const startReplica = async (t: Test, { upstream, redis, env = {} }: ReplicaParts): Promise<Replica> => {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PORTKEY_API_KEY: WORKSPACE_KEY,
      PORTKEY_BASE_URL: upstream,
      API_TOKENS: TOKEN,
      PORT: '0',
      REDIS_URL: redis,
      UPSTREAM_RPS: '1000',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  let output = ''
  const url = await inTime(
    new Promise<string>((resolve, reject) => {
      const note = (chunk: Buffer) => {
        output += chunk.toString()
        const url = /listening at (http:[^"\s]+)/.exec(output)?.[1]
        if (url !== undefined && output.includes('Redis is there')) resolve(url)
      }
      child.stdout.on('data', note)
      child.stderr.on('data', note)
      child.once('exit', () => reject(new Error(`ended before it listened: ${output}`)))
    }),
  )
  const ask: Replica['ask'] = async (body) => {
    const reply = await fetch(`${url}/v1/metrics/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const { rows, message } = read(await reply.text())
    const { headers, status } = reply
    return { status, cache: headers.get('x-cache'), calls: Number(headers.get('x-upstream-calls')), rows, message }
  }
  return { child, ask }
}

/** A question whose rows a scan of the emulator's can tell. */
export type Question = { readonly body: object; readonly rows: (emulator: Emulator) => readonly Row[] }

/** The rows of a window that the replicas' key may see. */
export const seenIn = (emulator: Emulator, window: { readonly start: number; readonly end: number }) =>
  emulator.rows(window).filter(({ workspace }) => workspace === MAIN_WORKSPACE)

/** The end of the last whole day that is settled for sure: the processes have the real clock. */
export const settledEnd = (): number => Math.floor(Date.now() / DAY) * DAY - DAY

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

/** An emulator at the real time, a Redis, and two replicas. */
export const deployTwo = async (t: Test, options: EmulatorOptions = {}) => {
  const emulator = createEmulator({ historyDays: 4, requestsPerHour: 30, ...options })
  const upstream = await emulator.listen()
  t.teardown(() => emulator.close())
  const redis = await startRedis(t)
  const parts = { upstream, redis: redis.url }
  const [one, two] = await Promise.all([startReplica(t, parts), startReplica(t, parts)])
  return { emulator, parts, redis, one, two }
}
