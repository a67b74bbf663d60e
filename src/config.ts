import { Value } from '@sinclair/typebox/value'
import { readSetting, settingsOf } from './config/read.js'
import { SETTINGS, type Settings } from './config/table.js'

/** The settings of one process: frozen, complete, and consistent with each other. Names are the variables' in camelCase. */
export type Config = {
  /** `null` only when callers bring their own key, or tokens have one each. */
  readonly portkeyApiKey: string | null
  /** Without a trailing slash. */
  readonly portkeyBaseUrl: string
  readonly portkeyWorkspaceSlug: string | null
  readonly host: string
  readonly port: number
  readonly logLevel: Settings['LOG_LEVEL']
  readonly authMode: Settings['AUTH_MODE']
  /** Not empty in `token` mode, unless there is a file of tokens. */
  readonly apiTokens: readonly string[]
  /** Path of the file with the tokens of teams; `null` = none. */
  readonly tokensFile: string | null
  readonly allowInsecure: boolean
  readonly settleSeconds: number
  readonly liveTtlSeconds: number
  /** 0 = nothing stale is ever answered. */
  readonly staleMaxSeconds: number
  readonly cacheMaxMb: number
  readonly maxUpstreamCalls: number
  readonly maxRows: number
  /** Calls under way at once, per upstream key. */
  readonly upstreamConcurrency: number
  /** Calls a second, per upstream key: a ceiling. */
  readonly upstreamRps: number
  readonly upstreamTimeoutMs: number
  readonly requestTimeoutMs: number
  /** `null` = unlimited. */
  readonly retentionDays: number | null
  /** Field name → metadata key. */
  readonly metadataBindings: Readonly<Record<string, string>>
  /** The proxy to reach Portkey through; may hold a password. `null` = none, or a Portkey that is not https. */
  readonly upstreamProxy: string | null
  /** The Redis that replicas share; may hold a password. `null` = none. */
  readonly redisUrl: string | null
  /** Addresses and CIDR ranges of proxies to believe; empty = none. */
  readonly trustProxy: readonly string[]
  /** Where traces go, and which; `null` = there are none. */
  readonly tracing: TracingConfig | null
  /** What may stand before every route's path; `''` = nothing. Starts with a slash, ends without one. */
  readonly basePath: string
  /** Origins whose pages may ask, `*` = any; empty = none. */
  readonly corsOrigins: readonly string[]
  readonly maxConnections: number
}

/** How questions are traced. */
export type TracingConfig = {
  /** Without a trailing slash; traces go to `/v1/traces` below it. */
  readonly endpoint: string
  /** Secrets. */
  readonly headers: Readonly<Record<string, string>>
  readonly serviceName: string
  readonly sampler: Settings['OTEL_TRACES_SAMPLER']
  /** The part that a ratio sampler takes, 0 to 1. */
  readonly ratio: number
}

/** The environment cannot be used. `faults` holds one sentence each, none of which repeats a value. */
export class ConfigError extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(`The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}: ${faults.join('; ')}`)
    this.name = 'ConfigError'
    this.faults = faults
  }
}

/** Variable names to texts, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the environment. `bindable` lists the fields that `METADATA_BINDINGS` may name (left out: any).
 * Throws one `ConfigError` that lists every fault.
 */
export const loadConfig = (env: Environment, bindable?: readonly string[]): Config => {
  const faulty = new Map<string, string>()
  const values: Record<string, unknown> = {}
  for (const [name, schema] of settingsOf(SETTINGS)) {
    const reading = readSetting(name, schema, env[name])
    if (reading.kind === 'fault') faulty.set(name, reading.fault)
    if (reading.kind === 'value') values[name] = reading.value
  }
  const isMissing = (name: string) => values[name] === undefined && !faulty.has(name)
  const faults = [...faulty.values(), ...contradictions(values, isMissing), ...unknownBindings(values, bindable)]
  if (faults.length > 0) throw new ConfigError(faults)
  return configOf(Value.Decode(SETTINGS, values))
}

/** Whether only this machine can reach an address to listen on. */
export const isLoopback = (host: string): boolean =>
  /^127(\.\d{1,3}){3}$/.test(host) || host === '::1' || host.toLowerCase() === 'localhost'

/** What no single variable shows. A variable that is faulty itself is not missing too. */
const contradictions = (
  values: Readonly<Record<string, unknown>>,
  isMissing: (name: string) => boolean,
): readonly string[] => {
  const mode = values.AUTH_MODE
  const faults: string[] = []
  const hasFile = values.TOKENS_FILE !== undefined
  if (mode !== 'passthrough' && !(mode === 'token' && hasFile) && isMissing('PORTKEY_API_KEY')) {
    faults.push('PORTKEY_API_KEY is needed: set it, or AUTH_MODE=passthrough to let callers bring their own key')
  }
  if (mode === 'token' && !hasFile && isMissing('API_TOKENS')) {
    faults.push('API_TOKENS is needed with AUTH_MODE=token: set at least one token, or TOKENS_FILE')
  }
  if (mode === 'token' && hasFile && isMissing('PORTKEY_API_KEY') && values.API_TOKENS !== undefined) {
    faults.push('PORTKEY_API_KEY is needed: the tokens of API_TOKENS have no key of their own')
  }
  if (
    mode === 'none' &&
    values.ALLOW_INSECURE === false &&
    typeof values.HOST === 'string' &&
    !isLoopback(values.HOST)
  ) {
    faults.push('AUTH_MODE=none needs a loopback HOST: choose another AUTH_MODE, or set ALLOW_INSECURE=true')
  }
  return faults
}

const unknownBindings = (
  values: Readonly<Record<string, unknown>>,
  bindable?: readonly string[],
): readonly string[] => {
  const bindings = values.METADATA_BINDINGS
  if (bindable === undefined || typeof bindings !== 'object' || bindings === null) return []
  const known = Object.keys(bindings).every((field) => bindable.includes(field))
  return known ? [] : [`METADATA_BINDINGS may name these fields: ${bindable.join(', ')}`]
}

/** The proxy to take: none to a Portkey that is not https, or that `NO_PROXY` names. */
const proxyFor = ({ PORTKEY_BASE_URL, HTTPS_PROXY, NO_PROXY }: Settings): string | null => {
  const { protocol, hostname, port } = new URL(PORTKEY_BASE_URL)
  if (HTTPS_PROXY === undefined || protocol !== 'https:') return null
  const isNamed = (NO_PROXY ?? []).some((entry) => {
    const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase().replace(/^\./, '')) ?? []
    if (only !== undefined && only !== (port || '443')) return false
    return name === '*' || hostname === name || hostname.endsWith(`.${name}`)
  })
  return isNamed ? null : HTTPS_PROXY
}

const configOf = (settings: Settings): Config =>
  Object.freeze({
    portkeyApiKey: settings.PORTKEY_API_KEY ?? null,
    portkeyBaseUrl: settings.PORTKEY_BASE_URL.replace(/\/+$/, ''),
    portkeyWorkspaceSlug: settings.PORTKEY_WORKSPACE_SLUG ?? null,
    host: settings.HOST,
    port: settings.PORT,
    logLevel: settings.LOG_LEVEL,
    authMode: settings.AUTH_MODE,
    apiTokens: Object.freeze(settings.API_TOKENS ?? []),
    tokensFile: settings.TOKENS_FILE ?? null,
    allowInsecure: settings.ALLOW_INSECURE,
    settleSeconds: settings.SETTLE_SECONDS,
    liveTtlSeconds: settings.LIVE_TTL_SECONDS,
    staleMaxSeconds: settings.STALE_MAX_SECONDS,
    cacheMaxMb: settings.CACHE_MAX_MB,
    maxUpstreamCalls: settings.MAX_UPSTREAM_CALLS,
    maxRows: settings.MAX_ROWS,
    upstreamConcurrency: settings.UPSTREAM_CONCURRENCY,
    upstreamRps: settings.UPSTREAM_RPS,
    upstreamTimeoutMs: settings.UPSTREAM_TIMEOUT_MS,
    requestTimeoutMs: settings.REQUEST_TIMEOUT_MS,
    retentionDays: settings.RETENTION_DAYS ?? null,
    metadataBindings: Object.freeze(settings.METADATA_BINDINGS ?? {}),
    upstreamProxy: proxyFor(settings),
    redisUrl: settings.REDIS_URL ?? null,
    trustProxy: Object.freeze(settings.TRUST_PROXY ?? []),
    tracing: tracingOf(settings),
    basePath: settings.BASE_PATH ?? '',
    corsOrigins: Object.freeze(settings.CORS_ORIGINS ?? []),
    maxConnections: settings.MAX_CONNECTIONS,
  })

const tracingOf = (settings: Settings): TracingConfig | null => {
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint === undefined) return null
  const headers = Object.entries(settings.OTEL_EXPORTER_OTLP_HEADERS ?? {})
  return Object.freeze({
    endpoint: endpoint.replace(/\/+$/, ''),
    headers: Object.freeze(Object.fromEntries(headers.map(([name, value]) => [name, decodeURIComponent(value)]))),
    serviceName: settings.OTEL_SERVICE_NAME,
    sampler: settings.OTEL_TRACES_SAMPLER,
    ratio: Number(settings.OTEL_TRACES_SAMPLER_ARG),
  })
}
