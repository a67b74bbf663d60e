import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { WORKSPACE_KEY } from '../src/emulator/emulator.js'

/** A service of a soak and its upstream, each a process. */
export type SoakProcesses = {
  readonly url: string
  /** Resident memory of the service in MiB. Throws when it has ended. */
  readonly mebibytes: () => number
  readonly end: () => Promise<void>
}

/** Starts the upstream of a soak, then the service over it with these settings. */
export async function startSoak(settings: Readonly<Record<string, string>>): Promise<SoakProcesses> {
  const upstream = fork(join(import.meta.dirname, 'soak-upstream.js'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [baseUrl] = await once(upstream, 'message')
  const service = fork(join(import.meta.dirname, '../src/main.js'), {
    env: { PORTKEY_API_KEY: WORKSPACE_KEY, PORTKEY_BASE_URL: String(baseUrl), PORT: '0', ...settings },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const end = async () => {
    await ended(service)
    upstream.disconnect()
    await once(upstream, 'exit')
  }
  try {
    return { url: await urlOf(service), mebibytes: () => residentMebibytes(service), end }
  } catch (error) {
    await end()
    throw error
  }
}

/** Resident memory of a process, as the system counts it. */
function residentMebibytes({ pid, exitCode, signalCode }: ChildProcess): number {
  if (pid === undefined || exitCode !== null || signalCode !== null) throw new Error('the service has ended')
  try {
    const kibibytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    if (kibibytes !== undefined) return Number(kibibytes) / 1024
  } catch {
    // Not a Linux: ps knows.
  }
  const said = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout
  return Number(said.trim()) / 1024
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

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}
