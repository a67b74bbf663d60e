/** A model as one provider serves it. Prices are USD cents a token. */
export type Model = {
  readonly name: string
  /** Upstream `ai_service`. */
  readonly service: string
  /** Provider slugs of the workspace that lead to it. */
  readonly providers: readonly string[]
  readonly centsPerInput: number
  readonly centsPerOutput: number
  /** Latency of a typical request that writes nothing, ms. */
  readonly baseLatencyMs: number
  /** Typical prompt, tokens. */
  readonly prompt: number
  /** Typical completion, tokens; 0 for embeddings. */
  readonly completion: number
}

const openai = { service: 'openai', providers: ['openai-main', 'openai-eu'] } as const
const azure = { service: 'azure-openai', providers: ['azure-west'] } as const
const anthropic = { service: 'anthropic', providers: ['anthropic-main'] } as const
const vertex = { service: 'vertex-ai', providers: ['vertex-main'] } as const

const small = { baseLatencyMs: 240, prompt: 420, completion: 130 } as const
const large = { baseLatencyMs: 610, prompt: 1300, completion: 380 } as const
const embedding = { baseLatencyMs: 55, prompt: 260, completion: 0 } as const

/**
 * What the generated traffic calls, with how often. `gpt-4o` and `gpt-4o-mini` are served by two providers, one name holds
 * the `__` that also joins a pair, and one holds colons.
 */
export const MODELS: readonly (readonly [Model, number])[] = [
  [{ name: 'gpt-4o', ...openai, ...large, centsPerInput: 0.00025, centsPerOutput: 0.001 }, 18],
  [{ name: 'gpt-4o', ...azure, ...large, centsPerInput: 0.00025, centsPerOutput: 0.001 }, 9],
  [{ name: 'gpt-4o-mini', ...openai, ...small, centsPerInput: 0.000015, centsPerOutput: 0.00006 }, 16],
  [{ name: 'gpt-4o-mini', ...azure, ...small, centsPerInput: 0.0000165, centsPerOutput: 0.000066 }, 3],
  [{ name: 'gpt-4.1', ...openai, ...large, centsPerInput: 0.0002, centsPerOutput: 0.0008 }, 6],
  [{ name: 'o3-mini', ...openai, ...large, centsPerInput: 0.00011, centsPerOutput: 0.00044 }, 3],
  [{ name: 'text-embedding-3-small', ...openai, ...embedding, centsPerInput: 0.000002, centsPerOutput: 0 }, 7],
  [
    { name: 'ft:gpt-4o-mini:acme:triage:9f2c', ...openai, ...small, centsPerInput: 0.00003, centsPerOutput: 0.00012 },
    2,
  ],
  [{ name: 'chat__prod', ...azure, ...large, centsPerInput: 0.0003, centsPerOutput: 0.0012 }, 2],
  [{ name: 'claude-sonnet-4-5', ...anthropic, ...large, centsPerInput: 0.0003, centsPerOutput: 0.0015 }, 14],
  [{ name: 'claude-haiku-4-5', ...anthropic, ...small, centsPerInput: 0.0001, centsPerOutput: 0.0005 }, 8],
  [{ name: 'claude-opus-4-1', ...anthropic, ...large, centsPerInput: 0.0015, centsPerOutput: 0.0075 }, 1],
  [{ name: 'gemini-2.5-pro', ...vertex, ...large, centsPerInput: 0.000125, centsPerOutput: 0.001 }, 4],
  [{ name: 'gemini-2.5-flash', ...vertex, ...small, centsPerInput: 0.00003, centsPerOutput: 0.00025 }, 7],
]
