import { type Static, Type } from '@sinclair/typebox'

/**
 * Every environment variable the service reads: its type, bounds, default and meaning. Nothing else reads the environment.
 * README's table is generated from here. A property without a default is optional, and unset when the variable is.
 */
export const SETTINGS = Type.Object({
  PORTKEY_API_KEY: Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]{1,1024}$',
      description: 'Portkey key to ask with: a workspace key with analytics scope, or an organisation Admin key.',
      needed: 'unless `AUTH_MODE=passthrough`, or every token of `TOKENS_FILE` has its own',
      allowed: 'printable ASCII without spaces',
    }),
  ),
  PORTKEY_BASE_URL: Type.String({
    format: 'base-url',
    default: 'https://api.portkey.ai/v1',
    description: 'Where Portkey is; a self-hosted control plane has its own.',
    allowed: 'an http or https URL without credentials, query or fragment',
  }),
  PORTKEY_WORKSPACE_SLUG: Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]{1,256}$',
      description: 'Workspace to ask about with an organisation key. With a workspace key the key decides.',
      allowed: 'a workspace slug',
    }),
  ),
  HOST: Type.String({
    pattern: '^[A-Za-z0-9._:%-]{1,255}$',
    default: '127.0.0.1',
    description: 'Address to listen on. The container image sets `0.0.0.0`.',
    allowed: 'an IP address or a host name',
  }),
  PORT: Type.Integer({
    minimum: 0,
    maximum: 65535,
    default: 8080,
    description: 'Port to listen on; 0 takes a free one.',
  }),
  LOG_LEVEL: Type.Union(
    [
      Type.Literal('fatal'),
      Type.Literal('error'),
      Type.Literal('warn'),
      Type.Literal('info'),
      Type.Literal('debug'),
      Type.Literal('trace'),
      Type.Literal('silent'),
    ],
    { default: 'info', description: 'Least level that is logged, as JSON lines on standard output.' },
  ),
  AUTH_MODE: Type.Union([Type.Literal('token'), Type.Literal('passthrough'), Type.Literal('none')], {
    default: 'token',
    description:
      '`token`: callers send one of `API_TOKENS`. `passthrough`: callers send their own Portkey key in `x-portkey-api-key`. `none`: anyone may ask; on loopback only, unless `ALLOW_INSECURE=true`.',
  }),
  API_TOKENS: Type.Optional(
    Type.Array(Type.String({ pattern: '^[\\x21-\\x7e]{1,512}$' }), {
      minItems: 1,
      uniqueItems: true,
      description:
        'Bearer tokens that callers may use, comma separated; random ones of 16 characters or more. Several allow a change without a gap. With another `AUTH_MODE` they open `/metrics` alone.',
      needed: 'with `AUTH_MODE=token`, or `TOKENS_FILE`',
      allowed: 'comma separated tokens of up to 512 printable ASCII characters without spaces, each once',
    }),
  ),
  TOKENS_FILE: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 4096,
      description:
        'JSON file of tokens of teams, each with its own Portkey key, workspace, filters, datasources and rate. Read again whenever it changes.',
      allowed: 'the path of a file',
    }),
  ),
  ALLOW_INSECURE: Type.Boolean({
    default: false,
    description: 'Lets `AUTH_MODE=none` listen on an address that others can reach.',
  }),
  SETTLE_SECONDS: Type.Integer({
    minimum: 0,
    maximum: 86_400,
    default: 600,
    description: 'Data younger than this may still change: late requests arrive minutes later.',
  }),
  LIVE_TTL_SECONDS: Type.Integer({
    minimum: 0,
    maximum: 3_600,
    default: 15,
    description: 'How long data that may still change is answered from what is held before Portkey is asked again.',
  }),
  STALE_MAX_SECONDS: Type.Integer({
    minimum: 0,
    maximum: 604_800,
    default: 86_400,
    description: 'How old an expired answer may be to stand in, marked as stale, while Portkey fails; 0: never.',
  }),
  CACHE_MAX_MB: Type.Integer({
    minimum: 1,
    maximum: 65_536,
    default: 256,
    description: 'Most memory for what is held, in MiB: answers of Portkey and finished replies.',
  }),
  MAX_UPSTREAM_CALLS: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    default: 200,
    description: 'Most Portkey calls one question may need; above it is `PLAN_TOO_EXPENSIVE`.',
  }),
  MAX_ROWS: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 100_000,
    description: 'Most rows one reply may hold; above it is `TOO_MANY_ROWS`.',
  }),
  UPSTREAM_CONCURRENCY: Type.Integer({
    minimum: 1,
    maximum: 256,
    default: 8,
    description: 'Most Portkey calls under way at once, per Portkey key.',
  }),
  UPSTREAM_RPS: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 20,
    description:
      'Most Portkey calls a second, per Portkey key; others wait their turn, question by question. Every 429 halves the pace, successes restore it.',
  }),
  UPSTREAM_TIMEOUT_MS: Type.Integer({
    minimum: 1,
    maximum: 600_000,
    default: 15_000,
    description: 'Longest wait for one Portkey call, in milliseconds.',
  }),
  REQUEST_TIMEOUT_MS: Type.Integer({
    minimum: 1,
    maximum: 3_600_000,
    default: 60_000,
    description:
      'Longest time for a whole question, in milliseconds. Also how long a stop waits for questions under way.',
  }),
  RETENTION_DAYS: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 36_500,
      description: 'Days of history your Portkey plan keeps (30 or 365). Unset: no limit is assumed.',
    }),
  ),
  METADATA_BINDINGS: Type.Optional(
    Type.Record(
      Type.String({ pattern: '^[A-Za-z][A-Za-z0-9]{0,63}$' }),
      Type.String({ pattern: '^[^,=]{1,256}$', format: 'metadata-key' }),
      {
        additionalProperties: false,
        description: 'Fields that your requests carry as metadata under another key: `team=squad,userEmail=email`.',
        allowed: 'comma separated `field=key` pairs, each field once, no key `.` or `..`',
      },
    ),
  ),
  HTTPS_PROXY: Type.Optional(
    Type.String({
      format: 'proxy-url',
      description: 'HTTP proxy through which an https Portkey is reached.',
      allowed: 'an http or https URL without path or query, credentials percent-encoded',
    }),
  ),
  REDIS_URL: Type.Optional(
    Type.String({
      format: 'redis-url',
      description:
        'Redis in which replicas share what Portkey answered. Without it, and while it fails, each replica asks for itself.',
      allowed: 'a redis or rediss URL, as `redis://:password@host:6379/0`, without query',
    }),
  ),
  NO_PROXY: Type.Optional(
    // Shared with other programs, so nothing in it stops the start.
    Type.Array(Type.String({ pattern: '^[ -~]*$' }), {
      description:
        'Hosts that are reached without `HTTPS_PROXY`: a name stands for itself and all below it, `*` for every host; a port may follow. Ranges of addresses are not understood.',
      allowed: 'comma separated host names',
    }),
  ),
  TRUST_PROXY: Type.Optional(
    Type.Array(Type.String({ format: 'network' }), {
      minItems: 1,
      description:
        'Proxies whose `x-forwarded-for` is believed, for the caller’s address in the log. With it `/metrics` takes a token on loopback too.',
      allowed: 'comma separated IP addresses or CIDR ranges',
    }),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    Type.String({
      format: 'base-url',
      description: 'Where traces are sent: an OpenTelemetry collector, as OTLP over HTTP. Unset: there are no traces.',
      allowed: 'an http or https URL without credentials, query or fragment',
    }),
  ),
  OTEL_EXPORTER_OTLP_HEADERS: Type.Optional(
    Type.Record(
      Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$" }),
      Type.String({ format: 'otlp-header' }),
      {
        additionalProperties: false,
        description: 'Headers that the collector wants, a credential mostly. They are secrets.',
        allowed: 'comma separated `name=value` pairs, values percent-encoded, each name once',
      },
    ),
  ),
  OTEL_SERVICE_NAME: Type.String({
    pattern: '^.{1,128}$',
    default: 'portkey-metrics-proxy',
    description: 'The name of this service in traces.',
    allowed: 'a text of up to 128 characters',
  }),
  OTEL_TRACES_SAMPLER: Type.Union(
    [
      Type.Literal('always_on'),
      Type.Literal('always_off'),
      Type.Literal('traceidratio'),
      Type.Literal('parentbased_always_on'),
      Type.Literal('parentbased_always_off'),
      Type.Literal('parentbased_traceidratio'),
    ],
    {
      default: 'parentbased_always_on',
      description: 'Which questions are traced. `parentbased_`: those of a caller who sent `traceparent` as it says.',
    },
  ),
  OTEL_TRACES_SAMPLER_ARG: Type.String({
    pattern: '^(0(\\.\\d{1,9})?|1(\\.0{1,9})?)$',
    default: '1',
    description: 'With a `traceidratio` sampler: the part of the questions that is traced.',
    allowed: 'a number from 0 to 1',
  }),
  BASE_PATH: Type.Optional(
    Type.String({
      pattern: '^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*){1,8}$',
      description:
        'Path that a proxy puts before every route and does not strip, as `/portkey-metrics`; routes answer without it too.',
      allowed: 'a path that starts with a slash and ends without one, of letters, digits, `.`, `_`, `~` and `-`',
    }),
  ),
  CORS_ORIGINS: Type.Optional(
    Type.Array(Type.String({ format: 'origin' }), {
      minItems: 1,
      uniqueItems: true,
      description:
        'Origins whose pages may ask from a browser. Unset: none; the page of the service itself needs none.',
      allowed: 'comma separated origins, as `https://dash.example.com`, or `*` for any',
    }),
  ),
  MAX_CONNECTIONS: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 2_000,
    description: 'Most connections of callers that are open at once; more are closed at once.',
  }),
})

/** The environment, read and typed, by variable name. */
export type Settings = Static<typeof SETTINGS>
