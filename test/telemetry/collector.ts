import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { Test } from 'tap'

/** A span as OTLP's JSON has it. */
export type SeenSpan = {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  readonly kind: number
  /** Of its status: 2 is an error. */
  readonly status: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly ms: number
}

/** A collector of traces on loopback; ends with the test. */
export type Collector = {
  readonly url: string
  readonly spans: () => readonly SeenSpan[]
  readonly headers: () => readonly IncomingHttpHeaders[]
  /** All that came, as text. */
  readonly text: () => string
}

/** `statusOf`: what the n-th batch is answered, from 0; 200 unless told. `null`: nothing, ever. */
export async function collect(t: Test, statusOf: (batch: number) => number | null = () => 200): Promise<Collector> {
  const bodies: string[] = []
  const headers: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      const status = statusOf(headers.length)
      headers.push({ ...request.headers, ':path': request.url })
      bodies.push(body)
      if (status !== null) response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    headers: () => headers,
    text: () => bodies.join('\n') + JSON.stringify(headers),
    spans: () => bodies.flatMap((body) => spansIn(JSON.parse(body))),
  }
}

function spansIn(body: unknown): readonly SeenSpan[] {
  const { resourceSpans = [] } = Object(body)
  const spans: SeenSpan[] = []
  for (const { scopeSpans } of resourceSpans) {
    for (const scope of scopeSpans) for (const span of scope.spans) spans.push(seen(Object(span)))
  }
  return spans
}

function seen(span: Readonly<Record<string, unknown>>): SeenSpan {
  const attributes = Array.isArray(span.attributes) ? span.attributes : []
  return {
    traceId: String(span.traceId),
    spanId: String(span.spanId),
    parentSpanId: String(span.parentSpanId ?? ''),
    name: String(span.name),
    kind: Number(span.kind),
    status: Number(Object(span.status).code ?? 0),
    attributes: Object.fromEntries(
      attributes.map((attribute) => [attribute.key, Object.values(Object(attribute.value))[0]]),
    ),
    ms: Number(BigInt(String(span.endTimeUnixNano)) - BigInt(String(span.startTimeUnixNano))) / 1e6,
  }
}
