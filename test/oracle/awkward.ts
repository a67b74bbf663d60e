import { type TrafficRow, trafficRow } from '../../src/emulator/emulator.js'

const HOUR = 3_600_000

/** Names that a client, a URL, a comma-separated list, a JSON object or a SQL text can trip over. */
const TEXTS = [
  'plain',
  'Plain',
  'a,b',
  "o'clock",
  'say "hi"',
  'back\\slash',
  ' leading',
  'trailing ',
  'a&b=c?d#e%20f+g',
  '100%',
  'null',
  'true',
  '0',
  '007',
  '7',
  '1e3',
  'ж',
  '山田',
  'é',
  'e\u0301',
  '😀',
  'z\uffff',
  'line\nbreak',
  'tab\there',
  '_',
  '%',
  `long-${'x'.repeat(300)}`,
] as const
/** A model of `a` called `x__y` travels as `a__x__y`. */
const MODELS = ['gpt-4o', 'x__y', '__', 'a,b', 'ü', 'Gpt-4o', null] as const
const SERVICES = ['openai', 'azure-openai', 'vertex-ai', 'my-own'] as const
const STATUSES = [200, 200, 200, 201, 246, 399, 400, 404, 429, 446, 499, 500, 599] as const
const LATENCIES = [0, 0.0004, 0.4, 0.5, 1, 1.5, 1 / 3, 12, 999.999, 1000, 86_400_000, 123456.789012345] as const
const CENTS = [0, 1e-9, 0.1, 0.2, 0.3, 0.7, 7, 1 / 3, 99.99, 12345678.9] as const
const TOKENS = [0, 0, 1, 2, 3, 7, 10, 333, 1000, 1001, 999_983] as const
const OFFSETS = [0, 0, 1, -1, 999, 1000, 59_999, 60_000, 600_000, 2_880_000] as const

/** Keys of the metadata that this traffic carries. */
export const AWKWARD_KEYS: readonly string[] = ['env', 'a.b', 'Ünïcode key', 'with/slash', '50%?#&', '_user', 'team']

/** Requests with hard names and numbers, many at the very edges of buckets, in the days before `now`; always the same. */
export function awkwardTraffic(now: number, count = 900, days = 3): readonly TrafficRow[] {
  const random = sequence()
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
  return Array.from({ length: count }, (_, index) => {
    const anywhere = now - Math.floor(random() * days * 24 * HOUR)
    const edge = Math.floor(anywhere / HOUR) * HOUR + (pick(OFFSETS) ?? 0)
    const at = random() < 0.5 ? Math.min(edge, now) : anywhere
    const metadata = AWKWARD_KEYS.flatMap((key) => {
      const share = random()
      return share < 0.3 ? [] : [[key, share < 0.35 ? '' : (pick(share < 0.8 ? TEXTS.slice(0, 5) : TEXTS) ?? '')]]
    })
    const status = pick(STATUSES) ?? 200
    const cache = status < 400 && random() < 0.15 ? 'simple' : null
    return trafficRow({
      at,
      visibleAt: random() < 0.03 ? at + 100_000 : at,
      workspace: random() < 0.8 ? 'production' : 'sandbox',
      service: pick(SERVICES) ?? 'openai',
      provider: pick(TEXTS) ?? null,
      model: pick(MODELS) ?? null,
      status,
      config: random() < 0.5 ? null : (pick(TEXTS.slice(0, 8)) ?? null),
      apiKey: `7d1f2a60-5a0e-4c5b-9a53-1f0c6f1e2b0${Math.floor(random() * 4)}`,
      prompt: random() < 0.7 ? null : (pick(TEXTS.slice(0, 4)) ?? null),
      metadata: Object.fromEntries(metadata),
      inputTokens: pick(TOKENS) ?? 0,
      outputTokens: pick(TOKENS) ?? 0,
      costCents: pick(CENTS) ?? 0,
      latencyMs: pick(LATENCIES) ?? 0,
      cache,
      cacheSavingsCents: cache === null ? 0 : (pick(CENTS) ?? 0),
      cacheLatencyMs: cache === null ? 0 : (pick(LATENCIES) ?? 0),
      retrySuccessCount: random() < 0.1 ? 2 : 0,
      fallback: random() < 0.1,
      feedback: random() < 0.2 ? { score: Math.floor(random() * 21) - 10, weight: random() < 0.5 ? 1 : 0.3 } : null,
      traceId: `trace-${index % 50}`,
      spanId: `span-${index}`,
    })
  })
}

/** Numbers in [0, 1) that look random (a linear congruence). */
function sequence(): () => number {
  let state = 20_260_401
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}
