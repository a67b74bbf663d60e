import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { Test } from 'tap'

/** A real Redis of one test. */
export type RedisServer = {
  readonly url: string
  /** A plain client, to look into it and to set it. */
  readonly admin: Redis
  /** As a crash would. */
  readonly kill: () => Promise<void>
  readonly restart: () => Promise<void>
  /** Connections stay and nothing is answered. */
  readonly pause: () => void
  readonly resume: () => void
}

/** Why these tests cannot run here; `false` when they can. For the `skip` of a test. */
export const NO_REDIS: string | false =
  spawnSync('redis-server', ['--version']).status === 0
    ? false
    : 'redis-server is not installed: tests against a real Redis did not run'

/** Starts a `redis-server` on a free port, which ends with the test. `args` as on its command line. */
export async function startRedis(t: Test, ...args: readonly string[]): Promise<RedisServer> {
  const dir = await mkdtemp(join(tmpdir(), 'redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  const password = args[args.indexOf('--requirepass') + 1]
  const admin = new Redis({
    port,
    host: '127.0.0.1',
    protocol: 2,
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: () => 10,
    ...(args.includes('--requirepass') && password !== undefined && { password }),
  })
  admin.on('error', () => {})
  let server = start(port, dir, args)
  t.teardown(async () => {
    admin.disconnect()
    await end(server)
    await rm(dir, { recursive: true, force: true })
  })
  await admin.ping()
  return {
    url,
    admin,
    kill: () => end(server),
    async restart() {
      await end(server)
      server = start(port, dir, args)
      await admin.ping()
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
  }
}

function start(port: number, dir: string, args: readonly string[]): ChildProcess {
  const fixed = ['--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no', '--daemonize', 'no']
  return spawn('redis-server', ['--port', `${port}`, ...fixed, ...args], { stdio: 'ignore' })
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGKILL')
  await ended
}

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No port')
  return address.port
}
