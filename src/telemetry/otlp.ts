import { defaultTextMapGetter, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import type { TracingConfig } from '../config.js'
import type { RequestEvent } from '../portkey/client.js'
import { VERSION } from '../version.js'
import { samplerOf } from './sampler.js'
import type { QuestionSpan, SpanFacts, Tracing } from './tracing.js'

/** Longest that a stop waits for a collector. */
const FLUSH_MS = 2_000
/** A collector that is away is away for a while: it is told of once in so long. */
const TELL_MS = 300_000

/** Who is told when tracing fails. */
export type TracingOptions = {
  /** Told, now and then, that spans could not be sent, and why. */
  readonly onFailure: (reason: string, batches: number) => void
}

/** Sends spans to a collector, as OTLP over HTTP. Load this file only where tracing is configured: it is large. */
export const startTracing = (config: TracingConfig, { onFailure }: TracingOptions): Tracing => {
  forgetEnvironment()
  const exporter = new OTLPTraceExporter({ url: `${config.endpoint}/v1/traces`, headers: { ...config.headers } })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': config.serviceName, 'service.version': VERSION }),
    sampler: samplerOf(config),
    spanProcessors: [new BatchSpanProcessor({ exporter: telling(exporter, onFailure) })],
  })
  const tracer = provider.getTracer('portkey-metrics-proxy', VERSION)
  const propagator = new W3CTraceContextPropagator()

  return {
    begin(route, headers, startedAt) {
      const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter)
      const [method = '', path = ''] = route.split(' ')
      const attributes = { 'http.request.method': method, 'http.route': path }
      const span = tracer.startSpan(route, { kind: SpanKind.SERVER, startTime: startedAt, attributes }, parent)
      return questionSpan(span, (event) => {
        const end = Date.now()
        const options = { kind: SpanKind.CLIENT, startTime: end - event.ms, attributes: attributesOf(event) }
        const child = tracer.startSpan(`GET ${event.endpoint}`, options, trace.setSpan(parent, span))
        if (event.status === null || event.status >= 400) child.setStatus({ code: SpanStatusCode.ERROR })
        child.end(end)
      })
    },
    async close() {
      let timer: NodeJS.Timeout | undefined
      const enough = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, FLUSH_MS)
      })
      // Whatever could not be sent was told of as any other batch is.
      await Promise.race([provider.shutdown().catch(() => undefined), enough])
      clearTimeout(timer)
    },
  }
}

/**
 * The library has variables of its own for headers, timeouts, certificates and limits, which come on top of what it is told. Settings are
 * read in one place, and all that are known have been by now: it finds none.
 */
const forgetEnvironment = (): void => {
  for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name]
}

const questionSpan = (span: Span, upstream: QuestionSpan['upstream']): QuestionSpan => ({
  upstream,
  end(facts) {
    span.setAttributes(given(factsOf(facts)))
    if (facts.outcome !== 'ok' && (facts.status === null || facts.status >= 500)) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: facts.outcome })
    }
    span.end()
  },
})

const factsOf = (facts: SpanFacts) => ({
  'http.response.status_code': facts.status,
  'pmp.outcome': facts.outcome,
  'pmp.datasource': facts.datasource,
  'pmp.type': facts.type,
  'pmp.cache': facts.cache,
  'pmp.price': facts.price,
  'pmp.upstream_calls': facts.upstreamCalls,
})

const attributesOf = ({ endpoint, status, attempt, queuedMs }: RequestEvent) =>
  given({
    'http.request.method': 'GET',
    'http.response.status_code': status,
    'pmp.endpoint': endpoint,
    'pmp.attempt': attempt,
    'pmp.queued_ms': Math.round(queuedMs),
  })

/** What is not known is not said. */
const given = (values: Readonly<Record<string, string | number | null>>): Record<string, string | number> =>
  Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])))

/** The exporter, but that its failures are told of: the first at once, those after it together. */
const telling = (exporter: SpanExporter, onFailure: TracingOptions['onFailure']): SpanExporter => {
  let batches = 0
  let toldAt = Number.NEGATIVE_INFINITY
  return {
    export: (spans, done) =>
      exporter.export(spans, (result: ExportResult) => {
        if (result.code === ExportResultCode.FAILED) {
          batches += 1
          if (performance.now() - toldAt >= TELL_MS) {
            onFailure(result.error?.message ?? 'the collector did not take them', batches)
            toldAt = performance.now()
            batches = 0
          }
        }
        done(result)
      }),
    shutdown: () => exporter.shutdown(),
  }
}
