import t from 'tap'
import { bindableFields, CATALOG, withBindings } from '../../src/catalog/catalog.js'
import { ConfigError, type Environment, isLoopback, loadConfig } from '../../src/config.js'

const least = { PORTKEY_API_KEY: 'pk-key', API_TOKENS: 'token-of-16-chars' }

const faultsOf = (env: Environment, bindable?: readonly string[]): readonly string[] => {
  try {
    loadConfig(env, bindable)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
}

t.test('the least configuration gets the documented defaults', async (t) => {
  t.strictSame(loadConfig(least), {
    portkeyApiKey: 'pk-key',
    portkeyBaseUrl: 'https://api.portkey.ai/v1',
    portkeyWorkspaceSlug: null,
    host: '127.0.0.1',
    port: 8080,
    logLevel: 'info',
    authMode: 'token',
    apiTokens: ['token-of-16-chars'],
    tokensFile: null,
    allowInsecure: false,
    settleSeconds: 600,
    liveTtlSeconds: 15,
    staleMaxSeconds: 86_400,
    cacheMaxMb: 256,
    maxUpstreamCalls: 200,
    maxRows: 100_000,
    upstreamConcurrency: 8,
    upstreamRps: 20,
    upstreamTimeoutMs: 15_000,
    requestTimeoutMs: 60_000,
    retentionDays: null,
    metadataBindings: {},
    upstreamProxy: null,
    redisUrl: null,
    trustProxy: [],
    tracing: null,
    basePath: '',
    corsOrigins: [],
    maxConnections: 2_000,
  })
})

t.test('every variable is read', async (t) => {
  const config = loadConfig({
    PORTKEY_API_KEY: ' pk-key\n',
    PORTKEY_BASE_URL: 'http://127.0.0.1:9/base/v1/',
    PORTKEY_WORKSPACE_SLUG: 'main',
    HOST: '0.0.0.0',
    PORT: '0',
    LOG_LEVEL: 'debug',
    AUTH_MODE: 'token',
    API_TOKENS: 'first-token-0000001, second-token-000002',
    ALLOW_INSECURE: 'true',
    SETTLE_SECONDS: '0',
    LIVE_TTL_SECONDS: '0',
    STALE_MAX_SECONDS: '3600',
    CACHE_MAX_MB: '1',
    MAX_UPSTREAM_CALLS: '7',
    MAX_ROWS: '9',
    UPSTREAM_CONCURRENCY: '2',
    UPSTREAM_RPS: '5',
    UPSTREAM_TIMEOUT_MS: '300',
    REQUEST_TIMEOUT_MS: '400',
    RETENTION_DAYS: '365',
    METADATA_BINDINGS: 'team=squad, userEmail = email',
    HTTPS_PROXY: 'http://proxy:3128',
    REDIS_URL: 'rediss://user:p%40ss@[::1]:6380/2',
    TRUST_PROXY: '10.0.0.0/8,::1',
    BASE_PATH: '/tools/portkey-metrics',
    CORS_ORIGINS: 'https://dash.example.com, http://localhost:3000',
    MAX_CONNECTIONS: '5',
  })
  t.strictSame(config, {
    portkeyApiKey: 'pk-key',
    portkeyBaseUrl: 'http://127.0.0.1:9/base/v1',
    portkeyWorkspaceSlug: 'main',
    host: '0.0.0.0',
    port: 0,
    logLevel: 'debug',
    authMode: 'token',
    apiTokens: ['first-token-0000001', 'second-token-000002'],
    tokensFile: null,
    allowInsecure: true,
    settleSeconds: 0,
    liveTtlSeconds: 0,
    staleMaxSeconds: 3600,
    cacheMaxMb: 1,
    maxUpstreamCalls: 7,
    maxRows: 9,
    upstreamConcurrency: 2,
    upstreamRps: 5,
    upstreamTimeoutMs: 300,
    requestTimeoutMs: 400,
    retentionDays: 365,
    metadataBindings: { team: 'squad', userEmail: 'email' },
    upstreamProxy: null,
    redisUrl: 'rediss://user:p%40ss@[::1]:6380/2',
    trustProxy: ['10.0.0.0/8', '::1'],
    tracing: null,
    basePath: '/tools/portkey-metrics',
    corsOrigins: ['https://dash.example.com', 'http://localhost:3000'],
    maxConnections: 5,
  })
  t.ok(Object.isFrozen(config) && Object.isFrozen(config.apiTokens) && Object.isFrozen(config.metadataBindings))
})

t.test('a proxy is for an https Portkey alone', async (t) => {
  const HTTPS_PROXY = 'http://user:password@proxy:3128'
  t.equal(loadConfig({ ...least, HTTPS_PROXY }).upstreamProxy, HTTPS_PROXY)
  t.equal(loadConfig({ ...least, HTTPS_PROXY, PORTKEY_BASE_URL: 'http://127.0.0.1/v1' }).upstreamProxy, null)
})

t.test('NO_PROXY names hosts that need none, as other programs read it', async (t) => {
  const HTTPS_PROXY = 'http://proxy:3128'
  const proxyWith = (NO_PROXY: string, host = 'api.portkey.ai') =>
    loadConfig({ ...least, HTTPS_PROXY, NO_PROXY, PORTKEY_BASE_URL: `https://${host}/v1` }).upstreamProxy
  for (const named of [
    'api.portkey.ai',
    'portkey.ai',
    '.portkey.ai',
    'localhost, API.Portkey.AI',
    '*',
    'portkey.ai:443',
  ]) {
    t.equal(proxyWith(named), null, named)
  }
  for (const other of [
    'ey.ai',
    'api.portkey.ai.example.com',
    'portkey.ai:8443',
    '10.0.0.0/8,,localhost',
    ',',
    'portkey',
  ]) {
    t.equal(proxyWith(other), HTTPS_PROXY, other)
  }
  t.equal(proxyWith('portkey.internal:8443', 'portkey.internal:8443'), null)
  t.equal(proxyWith('portkey.internal', 'portkey.internal:8443'), null)
})

t.test('an empty text counts as unset', async (t) => {
  t.equal(loadConfig({ ...least, PORT: '', HOST: '  ', RETENTION_DAYS: '' }).port, 8080)
  t.match(faultsOf({ ...least, PORTKEY_API_KEY: ' ' }), [/^PORTKEY_API_KEY is needed/])
})

t.test('one bad value is one fault that says what is allowed', async (t) => {
  const bad: readonly (readonly [string, string])[] = [
    ['BASE_PATH', 'metrics'],
    ['BASE_PATH', '/'],
    ['BASE_PATH', '/metrics/'],
    ['BASE_PATH', '/a//b'],
    ['BASE_PATH', '/a/../b'],
    ['BASE_PATH', '/a?b'],
    ['BASE_PATH', '/a%20b'],
    ['CORS_ORIGINS', 'dash.example.com'],
    ['CORS_ORIGINS', 'https://dash.example.com/'],
    ['CORS_ORIGINS', 'https://DASH.example.com'],
    ['CORS_ORIGINS', 'https://dash.example.com:443'],
    ['CORS_ORIGINS', 'https://*.example.com'],
    ['CORS_ORIGINS', 'null'],
    ['CORS_ORIGINS', 'https://a.example,,https://b.example'],
    ['MAX_CONNECTIONS', '0'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', '0x50'],
    ['PORT', '8080 '.repeat(3)],
    ['LOG_LEVEL', 'INFO'],
    ['AUTH_MODE', 'tokens'],
    ['ALLOW_INSECURE', 'yes'],
    ['MAX_ROWS', '0'],
    ['MAX_UPSTREAM_CALLS', 'many'],
    ['UPSTREAM_CONCURRENCY', '1e2'],
    ['UPSTREAM_RPS', '0'],
    ['UPSTREAM_RPS', '0.5'],
    ['UPSTREAM_RPS', '10001'],
    ['REQUEST_TIMEOUT_MS', '0'],
    ['RETENTION_DAYS', '0'],
    ['LIVE_TTL_SECONDS', '3601'],
    ['STALE_MAX_SECONDS', '604801'],
    ['CACHE_MAX_MB', '0'],
    ['SETTLE_SECONDS', '99999999999999999999'],
    ['PORTKEY_BASE_URL', 'api.portkey.ai/v1'],
    ['PORTKEY_BASE_URL', 'ftp://api.portkey.ai/v1'],
    ['PORTKEY_BASE_URL', 'https://user:password@api.portkey.ai/v1'],
    ['PORTKEY_BASE_URL', 'https://api.portkey.ai/v1?key=1'],
    ['PORTKEY_BASE_URL', 'https://api.portkey.ai/v1#a'],
    ['PORTKEY_API_KEY', 'two words'],
    ['API_TOKENS', 'two words'],
    ['API_TOKENS', 'token-of-16-chars,,token-of-17-chars'],
    ['API_TOKENS', 'token-of-16-chars,token-of-16-chars'],
    ['METADATA_BINDINGS', 'team'],
    ['METADATA_BINDINGS', 'team='],
    ['METADATA_BINDINGS', '=squad'],
    ['METADATA_BINDINGS', 'team=a,team=b'],
    ['METADATA_BINDINGS', '__proto__=a'],
    ['METADATA_BINDINGS', 'team=.'],
    ['METADATA_BINDINGS', 'team=squad,userEmail=..'],
    ['METADATA_BINDINGS', 'team=a\0b'],
    ['METADATA_BINDINGS', 'team=\ud800'],
    ['HTTPS_PROXY', 'proxy:3128'],
    ['HTTPS_PROXY', 'http://user:p%zz@proxy:3128'],
    ['HTTPS_PROXY', 'http://us%ff@proxy:3128'],
    ['REDIS_URL', 'localhost:6379'],
    ['REDIS_URL', 'http://localhost:6379'],
    ['REDIS_URL', 'redis://'],
    ['REDIS_URL', 'redis://:secret%zz@host'],
    ['REDIS_URL', 'redis://:se/cret@host'],
    ['REDIS_URL', 'redis://:secret@host:6379/first'],
    ['REDIS_URL', 'redis://:secret@host?db=1'],
    ['REDIS_URL', 'redis://:secret@host#1'],
    ['REDIS_URL', 'redis://host:0'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['HOST', 'not a host'],
  ]
  for (const [name, value] of bad) {
    const faults = faultsOf({ ...least, [name]: value })
    t.equal(faults.length, 1, `${name}=${value}`)
    t.match(faults[0], new RegExp(`^${name} must be `), `${name}=${value}`)
  }
})

t.test('all faults are listed at once', async (t) => {
  const faults = faultsOf({ PORT: 'x', LOG_LEVEL: 'loud', MAX_ROWS: '-3' })
  t.strictSame(
    faults.map((fault) => fault.split(' ')[0]),
    ['PORT', 'LOG_LEVEL', 'MAX_ROWS', 'PORTKEY_API_KEY', 'API_TOKENS'],
  )
})

t.test('no fault repeats a value', async (t) => {
  const planted = 'planted secret'
  for (const name of [
    'PORTKEY_API_KEY',
    'API_TOKENS',
    'PORTKEY_BASE_URL',
    'PORT',
    'LOG_LEVEL',
    'METADATA_BINDINGS',
    'REDIS_URL',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'OTEL_TRACES_SAMPLER',
    'OTEL_TRACES_SAMPLER_ARG',
  ]) {
    const faults = faultsOf({ ...least, [name]: planted })
    t.equal(faults.length, 1, name)
    t.notMatch(faults.join(), planted, name)
  }
})

t.test('who may ask is never left open by accident', async (t) => {
  t.match(faultsOf({ PORTKEY_API_KEY: 'k' }), [/^API_TOKENS is needed/])
  t.strictSame(faultsOf({ AUTH_MODE: 'passthrough' }), [], 'callers bring their own key')
  t.strictSame(faultsOf({ AUTH_MODE: 'none', PORTKEY_API_KEY: 'k' }), [], 'loopback is the default')
  for (const HOST of ['127.0.0.2', '::1', 'localhost']) {
    t.strictSame(faultsOf({ AUTH_MODE: 'none', PORTKEY_API_KEY: 'k', HOST }), [], HOST)
  }
  for (const HOST of ['0.0.0.0', '::', '10.1.2.3', '127.evil.example', 'localhost.example']) {
    t.match(faultsOf({ AUTH_MODE: 'none', PORTKEY_API_KEY: 'k', HOST }), [/loopback/], HOST)
    t.strictSame(faultsOf({ AUTH_MODE: 'none', PORTKEY_API_KEY: 'k', HOST, ALLOW_INSECURE: 'true' }), [], HOST)
  }
  t.notOk(isLoopback('127.0.0.1.example'))
})

t.test('fields of a closed set or of another type than text cannot be bound', async (t) => {
  const closed = [
    'cacheType',
    'guardrailResult',
    'guardrailAction',
    'rescue',
    'isFailure',
    'httpStatusCode',
    'errorCode',
  ]
  for (const field of [...closed, 'attempts', 'feedbackScore', 'inputTokens', 'latencyMs']) {
    const faults = faultsOf({ ...least, METADATA_BINDINGS: `${field}=env` }, bindableFields(CATALOG))
    t.match(faults, [/^METADATA_BINDINGS may name these fields: .*team.*userEmail/], field)
    t.throws(() => withBindings(CATALOG, { [field]: 'env' }), RangeError, field)
  }
  for (const field of ['team', 'userEmail', 'modelName', 'requestType', 'cacheNamespace', 'mcpServerName']) {
    t.strictSame(faultsOf({ ...least, METADATA_BINDINGS: `${field}=env` }, bindableFields(CATALOG)), [], field)
    t.doesNotThrow(() => withBindings(CATALOG, { [field]: 'env' }), field)
  }
})

t.test('bindings name fields that exist', async (t) => {
  t.strictSame(faultsOf({ ...least, METADATA_BINDINGS: 'team=squad' }, ['team', 'userEmail']), [])
  t.match(faultsOf({ ...least, METADATA_BINDINGS: 'taem=squad' }, ['team', 'userEmail']), [/team, userEmail/])
})
