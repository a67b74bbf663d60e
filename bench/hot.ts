import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createEmulator, WORKSPACE_KEY } from '../src/emulator/emulator.js'
import { quantile } from './compare.js'
import { type Load, openLoad } from './load.js'
import { EXAMPLE, NOW } from './questions.js'
import { startService } from './service.js'

/** Hot replies beside a bare route. */
export type Hot = {
  /** Replies a second: the medians of the rounds. */
  readonly service: number
  readonly bare: number
  /** Median of each round's ratio: service ÷ bare. */
  readonly ratio: number
  readonly replyBytes: number
}

export const CONNECTIONS = 16
const TOKEN = 'a-token-of-the-benchmark'
const ROUNDS = 10
const ROUND_MS = 1_500
const WARM_UP_MS = 3_000

/**
 * The real process with its defaults, one question held, beside a bare Fastify route with the same schema that sends the same
 * bytes; both are children of this process, asked in turn.
 */
export async function hot(): Promise<Hot> {
  const emulator = createEmulator({ now: NOW, historyDays: 3, requestsPerHour: 60 })
  const service = await startService({
    PORTKEY_API_KEY: WORKSPACE_KEY,
    PORTKEY_BASE_URL: await emulator.listen(),
    API_TOKENS: TOKEN,
  })
  const { port } = service
  const bare = fork(join(import.meta.dirname, 'hot-bare.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  try {
    const bytes = await replyOf(port)
    bare.send(bytes)
    const [barePort] = await once(bare, 'message')
    const loads = [await openLoad(port, REQUEST, CONNECTIONS), await openLoad(barePort, REQUEST, CONNECTIONS)] as const
    const rounds = await inTurn(...loads)
    for (const load of loads) load.close()
    const median = (values: readonly number[]) => quantile(values, 0.5)
    return {
      service: median(rounds.map((round) => round.service)),
      bare: median(rounds.map((round) => round.bare)),
      ratio: median(rounds.map((round) => round.service / round.bare)),
      replyBytes: Buffer.byteLength(bytes),
    }
  } finally {
    await Promise.all([service.end(), end(bare)])
    await emulator.close()
  }
}

async function inTurn(service: Load, bare: Load) {
  await service.run(WARM_UP_MS)
  await bare.run(WARM_UP_MS)
  const rounds = []
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ service: await service.run(ROUND_MS), bare: await bare.run(ROUND_MS) })
  }
  return rounds
}

const BODY = JSON.stringify(EXAMPLE)
const REQUEST = Buffer.from(
  [
    'POST /v1/metrics/query HTTP/1.1',
    'host: 127.0.0.1',
    'connection: keep-alive',
    `authorization: Bearer ${TOKEN}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(BODY)}`,
    '',
    BODY,
  ].join('\r\n'),
)

async function replyOf(port: number): Promise<string> {
  const reply = await fetch(`http://127.0.0.1:${port}/v1/metrics/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: BODY,
  })
  if (reply.status !== 200) throw new Error(await reply.text())
  return reply.text()
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
