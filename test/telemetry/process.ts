import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'
import { MAIN } from '../fixtures/places.js'

/** The real process, as `npm start` runs it. */
export type Running = {
  readonly child: ChildProcess
  readonly url: string
  /** Everything it has written, to either output. */
  readonly output: () => string
  /** Its log lines so far, parsed. */
  readonly lines: () => readonly Readonly<Record<string, unknown>>[]
  /** Resolves when a line is as it should be. */
  readonly logged: (matches: (line: Readonly<Record<string, unknown>>) => boolean) => Promise<void>
  /** Stops it as an orchestrator does; resolves to its exit code. */
  readonly stop: () => Promise<number | null>
}

/** Starts the compiled service on a free port; killed with the test at the latest. */
export async function run(t: Test, env: NodeJS.ProcessEnv): Promise<Running> {
  const child = spawn(process.execPath, [MAIN], { env: { PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  let output = ''
  const exit = once(child, 'exit')
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const until = async <Value>(find: () => Value | undefined): Promise<Value> => {
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      if (child.exitCode !== null) throw new Error(`it ended: ${output}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const lines = () => output.split('\n').flatMap(parsed)
  return {
    child,
    url: await until(() => /listening at (http:[^"\s]+)/.exec(output)?.[1]),
    output: () => output,
    lines,
    logged: async (matches) => {
      await until(() => lines().find(matches))
    },
    async stop() {
      child.kill('SIGTERM')
      const [code] = await exit
      return code
    },
  }
}

function parsed(line: string): readonly Readonly<Record<string, unknown>>[] {
  if (!line.startsWith('{')) return []
  try {
    return [Object(JSON.parse(line))]
  } catch {
    // The last line may have come in part.
    return []
  }
}
