import { type Asked, GUEST_KINDS, KINDS, type Kind, oneOf } from './soak-kinds.js'
import { GUESTS, type SoakTokens } from './soak-tokens.js'

/** One kind of question in a soak. */
export type KindTally = {
  /** How often each reply came: status and code; `left` where nobody waited for it. */
  readonly outcomes: ReadonlyMap<string, number>
  /** The outcomes that may not be. */
  readonly unsound: ReadonlySet<string>
  /** Every reply that somebody waited for: when it was asked since the begin of the load, and how long it took, in ms. */
  readonly replies: readonly { readonly at: number; readonly ms: number }[]
}

/** What was asked in a soak, by kind. */
export type Tally = ReadonlyMap<string, KindTally>

export type SoakLoad = {
  /** Asks until it is stopped. Each reply is read to its end. */
  readonly stop: () => Promise<void>
  readonly tally: () => Tally
}

const WORKERS = 8
/** Between two questions of a worker, at the most: the load shall not be all that the machine does. */
const PAUSE_MS = 20
/** How soon a caller that loses patience leaves. */
const LEAVES_MS = 15
/** A reply that takes longer never comes. */
const LOST_AFTER_MS = 30_000

const BAG: readonly string[] = Object.entries(KINDS).flatMap(([name, { weight }]) => Array<string>(weight).fill(name))

/** Begins to ask the service at `url`. */
export function openSoakLoad(url: string, tokens: SoakTokens): SoakLoad {
  const tally = new Map<string, ReturnType<typeof emptyTally>>()
  const began = performance.now()
  let stopped = false

  const note = (name: string, may: Pick<Kind, 'only' | 'also'>, outcome: string, sentAt: number) => {
    const of = tally.get(name) ?? emptyTally()
    tally.set(name, of)
    of.outcomes.set(outcome, (of.outcomes.get(outcome) ?? 0) + 1)
    if (!isSound(outcome, may)) of.unsound.add(outcome)
    if (outcome !== 'left') of.replies.push({ at: sentAt - began, ms: performance.now() - sentAt })
  }

  async function work(): Promise<void> {
    while (!stopped) {
      const name = oneOf(BAG) ?? 'hot'
      const kind = KINDS[name]
      if (kind === undefined) throw new Error(`no kind ${name}`)
      const asked = kind.ask()
      const sentAt = performance.now()
      const outcome = await outcomeOf(url, asked, kind)
      if (GUESTS.includes(asked.token)) {
        const { name, may } = GUEST_KINDS[tokens.standing(asked.token, sentAt)]
        note(name, may, outcome, sentAt)
      } else note(name, kind, outcome, sentAt)
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

const emptyTally = () => ({
  outcomes: new Map<string, number>(),
  unsound: new Set<string>(),
  replies: [] as { readonly at: number; readonly ms: number }[],
})

/** A success, or what an upstream that fails now and then makes of one. */
const USUAL = /^(200$|50[234] UPSTREAM_|504 REQUEST_TIMEOUT$)/

/**
 * Whether a reply may be given: whatever goes wrong, it is not a fault of the service's own, no connection is just lost, and nobody
 * is refused who may ask.
 */
function isSound(outcome: string, { only, also }: Pick<Kind, 'only' | 'also'>): boolean {
  if (only !== undefined) return outcome === only
  return outcome === also || USUAL.test(outcome)
}

/** The status and the code of a reply; `left` where nobody waited for it. */
async function outcomeOf(url: string, { token, body, headers, leaves }: Asked, { fault }: Kind): Promise<string> {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), leaves ? Math.random() * LEAVES_MS : LOST_AFTER_MS)
  try {
    const reply = await fetch(`${url}/v1/metrics/query`, {
      method: 'POST',
      signal: controller.signal,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body,
    })
    const said: unknown = await reply.json()
    const wrong = reply.status === 200 ? (fault?.(said) ?? null) : null
    if (wrong !== null) return `wrong: ${wrong}`
    const code = typeof said === 'object' && said !== null && 'code' in said ? ` ${String(said.code)}` : ''
    return `${reply.status}${code}`
  } catch (error) {
    if (controller.signal.aborted) return leaves ? 'left' : 'lost: no reply'
    return error instanceof Error ? `lost: ${error.message}` : 'lost'
  } finally {
    clearTimeout(timer)
  }
}
