import { connect } from 'node:net'
import t from 'tap'
import { ServiceError } from '../../src/errors.js'
import { engine, KEY, QUESTION, REPLY, serve, TOKEN } from './harness.js'

t.test('no credential reaches a log line or a reply, whatever fails', async (t) => {
  let turn = 0
  const failures: readonly (() => unknown)[] = [
    () => new Error(`the library said: x-portkey-api-key: ${KEY}`),
    () => new ServiceError('UPSTREAM_ERROR', 'Portkey refused the call.', { cause: new Error(`sent ${KEY}`) }),
    () => new ServiceError('UPSTREAM_ERROR', 'Portkey refused.', { cause: { headers: { 'x-portkey-api-key': KEY } } }),
    () => Object.assign(new Error('with headers'), { headers: { authorization: `Bearer ${TOKEN}` } }),
    () => `thrown text with ${TOKEN}`,
  ]
  const failing = engine({
    ask: async () => {
      throw failures[turn++ % failures.length]?.()
    },
  })
  const service = await serve(t, { engine: failing, env: { LOG_LEVEL: 'trace' } })
  const replies: string[] = []
  for (const _ of failures) {
    const reply = await service.ask({ headers: { 'x-portkey-api-key': KEY } })
    t.ok(reply.status >= 500)
    replies.push(JSON.stringify([...reply.headers]) + (await reply.text()))
  }
  const odd = await service.ask({ path: `/v1/unknown?token=${TOKEN}`, headers: { 'x-request-id': `${KEY} ` } })
  replies.push(await odd.text())
  await service.close()
  const text = replies.join() + JSON.stringify(service.logs)
  t.notOk(text.includes(KEY), 'the Portkey key')
  t.notOk(text.includes(TOKEN), 'the token')
  t.equal(service.logs.filter(({ level }) => level === 50).length, failures.length, 'and the failures are in the log')
})

t.test('a request is one log line, without its body, headers or query', async (t) => {
  const service = await serve(t)
  await service.ask({ headers: { 'x-request-id': 'one', 'user-agent': 'planted-agent' } })
  await service.ask({ path: '/v1/metrics/query?planted=1', headers: { 'x-request-id': 'two' } })
  await service.close()
  const lines = service.logs.filter(({ msg }) => msg === 'request')
  t.match(lines, [
    {
      requestId: 'one',
      method: 'POST',
      path: '/v1/metrics/query',
      status: 200,
      ms: Number,
      principal: 'token-1',
      upstreamCalls: 2,
      cache: 'miss',
      price: 2,
      rows: 1,
      question: { datasource: 'modelMetrics', type: 'distribution', groupBy: ['modelName'], windowSeconds: 86_400 },
    },
    { requestId: 'two', path: '/v1/metrics/query', status: 400, code: 'VALIDATION_FAILED' },
  ])
  t.equal(lines.length, 2)
  t.notMatch(JSON.stringify(service.logs), 'planted')
})

t.test('x-forwarded-for is believed from a trusted proxy alone', async (t) => {
  const headers = { 'x-forwarded-for': '203.0.113.7' }
  const direct = await serve(t)
  await direct.ask({ headers })
  await direct.close()
  t.equal(direct.logs.find(({ msg }) => msg === 'request')?.from, '127.0.0.1')
  const behind = await serve(t, { env: { TRUST_PROXY: '127.0.0.0/8' } })
  await behind.ask({ headers })
  await behind.close()
  t.equal(behind.logs.find(({ msg }) => msg === 'request')?.from, '203.0.113.7')
})

t.test('what Portkey said of a failure, which may repeat values of a question, is logged at debug alone', async (t) => {
  const said = () => {
    const inner = new ServiceError('UPSTREAM_ERROR', 'Portkey refused (400: no such env "planted-value").', {
      discreet: { message: 'Portkey refused.', details: [] },
      details: [{ path: '/filters/0', code: 'UPSTREAM_ERROR', message: 'planted-value' }],
    })
    return new ServiceError('UPSTREAM_ERROR', 'Portkey refused twice (400:\n    at last "planted-value").', {
      discreet: { message: 'Portkey refused twice.', details: [] },
      cause: new Error('on the way', { cause: inner }),
    })
  }
  const failing = engine({
    ask: async () => {
      throw said()
    },
  })
  const lineAt = async (level: string) => {
    const service = await serve(t, { engine: failing, env: { LOG_LEVEL: level } })
    t.match(await (await service.ask()).text(), 'planted-value', 'the caller is told')
    await service.close()
    return JSON.stringify(service.logs.filter(({ msg }) => msg === 'request failed'))
  }
  for (const level of ['info', 'warn', 'error']) {
    const line = await lineAt(level)
    t.notMatch(line, 'planted', level)
    for (const part of ['Portkey refused twice.', 'on the way', 'Portkey refused.', 'log.test.ts', 'UPSTREAM_ERROR']) {
      t.match(line, part, `${level}: ${part}`)
    }
  }
  for (const level of ['debug', 'trace']) t.match(await lineAt(level), 'planted-value', level)
})

/** Sends a request that nobody waits for until its work ends, and gives the log lines of those who have left. */
const leftLines = async (t: import('tap').Test, path: string, body: string) => {
  let leave: () => void = () => undefined
  const gone = new Promise<void>((resolve) => {
    leave = resolve
  })
  const slow = engine({
    ask: async () => {
      await gone
      return REPLY
    },
  })
  const service = await serve(t, { engine: slow })
  const socket = connect(service.port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  await service.received(1)
  socket.resetAndDestroy()
  await service.logged(({ msg, aborted }) => msg === 'request' && aborted === true)
  leave()
  return service
}

t.test('a caller who has left has an address in the log', async (t) => {
  const { logs } = await leftLines(t, '/v1/metrics/query', JSON.stringify(QUESTION))
  t.match(
    logs.filter(({ aborted }) => aborted === true),
    [{ from: '127.0.0.1', status: null }],
  )
})

t.test('a question of a Grafana request whose caller has left says so, and has no error code', async (t) => {
  const range = { from: QUESTION.startTs, to: QUESTION.endTs }
  const targets = [{ refId: 'A', target: 'modelMetrics', payload: {} }]
  const { logs, logged } = await leftLines(t, '/grafana/query', JSON.stringify({ range, targets }))
  await logged(({ msg, aborted }) => msg === 'question' && aborted === true)
  const [line] = logs.filter(({ msg }) => msg === 'question')
  t.equal(line?.code, undefined)
})
