import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** A process of the service that answers. */
export type Service = { readonly port: number; readonly end: () => Promise<void> }

/** Starts the real process with its defaults and these settings. */
export async function startService(settings: Readonly<Record<string, string>>): Promise<Service> {
  const port = await freePort()
  const child = fork(join(import.meta.dirname, '../src/main.js'), {
    env: { PORT: String(port), ...settings },
    // It logs as ever; but who asks must not also be kept busy with reading that.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  while (child.exitCode === null) {
    const reply = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null)
    if (reply?.ok) {
      return {
        port,
        async end() {
          if (child.exitCode !== null || child.signalCode !== null) return
          const ended = once(child, 'exit')
          child.kill('SIGTERM')
          await ended
        },
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the service ended before it listened')
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port is free')
  return address.port
}
