import { exampleQuestion } from '../src/http/question-examples.js'
import { PANELS, type Panel } from './dashboard.js'

/** What is asked in a soak, by kind, how often each was asked, and what each was answered. */
export type Tally = ReadonlyMap<string, ReadonlyMap<string, number>>

export type SoakLoad = {
  /** Asks until it is stopped. Each reply is read to its end. */
  readonly stop: () => Promise<void>
  readonly tally: () => Tally
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WORKERS = 8
/** Between two questions of a worker, at the most: the load shall not be all that the machine does. */
const PAUSE_MS = 20
/** How soon a caller that loses patience leaves. */
const LEAVES_MS = 15

type Asked = { readonly body: string; readonly headers?: Readonly<Record<string, string>>; readonly leaves?: true }
type Kind = { readonly weight: number; readonly ask: () => Asked }

const iso = (ms: number) => new Date(ms).toISOString()
const between = (least: number, most: number) => least + Math.floor(Math.random() * (most - least))
const oneOf = <Value>(values: readonly Value[]): Value | undefined => values[between(0, values.length)]
const text = (body: object): Asked => ({ body: JSON.stringify(body) })

/** A window that nobody asked for before. */
const odd = () => {
  const end = Date.now() - between(0, 2 * DAY)
  return { startTs: iso(end - between(HOUR, DAY)), endTs: iso(end) }
}

/** The panel's last 24 hours, the hour under way included. */
const sliding = ({ body }: Panel, step: number) => {
  const end = Math.floor(Date.now() / step) * step + step
  return { ...body, startTs: iso(end - DAY), endTs: iso(end) }
}

const yesterday = () => {
  const end = Math.floor(Date.now() / DAY) * DAY - DAY
  return { startTs: iso(end - DAY), endTs: iso(end) }
}

const cold = (): Asked => {
  const question = exampleQuestion(odd())
  return text(Math.random() < 0.5 ? question : { ...question, groupBy: [], type: 'timeseries', interval: '1 hour' })
}

const KINDS: Readonly<Record<string, Kind>> = {
  hot: { weight: 40, ask: () => text(exampleQuestion(yesterday())) },
  cold: { weight: 15, ask: cold },
  'sliding by the hour': { weight: 20, ask: () => text(sliding(oneOf(PANELS) ?? { name: '', body: {} }, HOUR)) },
  'sliding by the minute': { weight: 5, ask: () => text(sliding(PANELS[0] ?? { name: '', body: {} }, MINUTE)) },
  afresh: {
    weight: 3,
    ask: () => ({ ...text(exampleQuestion(yesterday())), headers: { 'cache-control': 'no-cache' } }),
  },
  refused: {
    weight: 8,
    ask: () => text({ ...yesterday(), datasource: 'modelMetrics', type: `none-${between(0, 1e9)}` }),
  },
  'no JSON': { weight: 3, ask: () => ({ body: `{"startTs": ${between(0, 1e9)}` }) },
  'no token': {
    weight: 3,
    ask: () => ({ ...text(exampleQuestion(yesterday())), headers: { authorization: 'Bearer none' } }),
  },
  'leaves early': { weight: 8, ask: () => ({ ...cold(), leaves: true }) },
}

const BAG: readonly string[] = Object.entries(KINDS).flatMap(([name, { weight }]) => Array<string>(weight).fill(name))

/** Begins to ask the service at `url`. */
export function openSoakLoad(url: string, token: string): SoakLoad {
  const tally = new Map<string, Map<string, number>>()
  let stopped = false

  const note = (kind: string, outcome: string) => {
    const outcomes = tally.get(kind) ?? new Map<string, number>()
    tally.set(kind, outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1))
  }

  async function work(): Promise<void> {
    while (!stopped) {
      const name = oneOf(BAG) ?? 'hot'
      const asked = KINDS[name]?.ask()
      if (asked !== undefined) note(name, await outcomeOf(url, token, asked))
      await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MS))
    }
  }

  const workers = Array.from({ length: WORKERS }, work)
  return {
    async stop() {
      stopped = true
      await Promise.all(workers)
    },
    tally: () => tally,
  }
}

/** The status and the code of a reply; `left` where nobody waited for it. */
async function outcomeOf(url: string, token: string, { body, headers, leaves }: Asked): Promise<string> {
  const controller = new AbortController()
  const timer = leaves ? setTimeout(() => controller.abort(), Math.random() * LEAVES_MS) : undefined
  try {
    const reply = await fetch(`${url}/v1/metrics/query`, {
      method: 'POST',
      signal: controller.signal,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body,
    })
    const said: unknown = await reply.json()
    const code = typeof said === 'object' && said !== null && 'code' in said ? ` ${String(said.code)}` : ''
    return `${reply.status}${code}`
  } catch (error) {
    if (controller.signal.aborted) return 'left'
    return error instanceof Error ? `lost: ${error.message}` : 'lost'
  } finally {
    clearTimeout(timer)
  }
}
