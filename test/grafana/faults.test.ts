import t from 'tap'
import { DAY, GET, nameIn, openGrafana, REQUEST } from './panel.js'
import { target } from './target.js'

const PATHS = [
  '/metrics',
  '/search',
  '/query',
  '/variable',
  '/tag-keys',
  '/tag-values',
  '/annotations',
  '/metric-payload-options',
]

t.test('a failing target fails alone: its message is a notice of the panel, the others are drawn', async (t) => {
  const service = await openGrafana(t)
  const targets = [
    target({ interval: '6 hours' }, 'A'),
    target({ aggregations: ['p75 latencyMs'], interval: '6 hours' }, 'B'),
    target({ groupBy: ['modelNam'], filters: [{ fieldName: 'team', operator: 'GREATER_THAN', value: 'a' }] }, 'C'),
    target({}, 'D', 'modelMetric'),
    target({ type: 'distribution', groupBy: ['team'] }, 'E'),
  ]
  const frames = await service.panel({ targets })
  t.strictSame(
    frames.map(({ refId, fields, meta }) => [refId, fields.length > 0, meta?.notices?.map(({ severity }) => severity)]),
    [
      ['A', true, undefined],
      ['B', false, ['error']],
      ['C', false, ['error']],
      ['D', false, ['error']],
      ['E', true, undefined],
    ],
  )
  t.equal(nameIn(frames, 0, 1), 'total')
  const [, b, c, d] = frames.map(({ meta }) => meta)
  t.match(b?.notices?.[0]?.text, /^UNSUPPORTED_BY_UPSTREAM: .*p75.*Ask for avg, p50/s)
  t.match(b?.custom, { code: 'UNSUPPORTED_BY_UPSTREAM' })
  t.match(c?.custom?.details, [
    { path: '/targets/2/payload/groupBy/0', message: /Did you mean "modelName"\?/ },
    { path: '/targets/2/payload/filters/0' },
  ])
  t.match(d?.custom?.details, [{ path: '/targets/3/target', message: /Did you mean "modelMetrics"\?/ }])
})

t.test('faults are pointed out in the request, whoever finds them, and in the message too', async (t) => {
  const service = await openGrafana(t)
  const targets = [
    // Portkey knows no p75; `total` and what is asked for twice do not shift the pointer.
    target({ aggregations: ['total', 'sum costInUSD', 'sum costInUSD', 'p75 latencyMs'], interval: '1 day' }),
    target({ groupBy: ['modelNam', 'tean'], filters: 'team EQUAL a\nfoo EQUAL b' }, 'B'),
    target({ field: 'modelName', operator: 'GREATER_THAN', value: 'a' }, 'C'),
    target({ groupBy: ['modelName', 'traceId'] }, 'D'),
    target(
      {
        filters: [
          { fieldName: 'team', operator: 'EQUAL', value: 'a' },
          { fieldName: 'conversationID', operator: 'EQUAL', value: 'x' },
        ],
      },
      'E',
    ),
  ]
  const { body } = await service.send('/query', { range: DAY, targets })
  const customs = Object(body).map(({ meta }: { meta: { custom: unknown } }) => meta.custom)
  const pathsOf = (custom: unknown) => Object(custom).details?.map(({ path }: { path: string }) => path)
  t.strictSame(customs.map(pathsOf), [
    ['/targets/0/payload/aggregations/3'],
    ['/targets/1/payload/groupBy/0', '/targets/1/payload/groupBy/1', '/targets/1/payload/filters/1/fieldName'],
    ['/targets/2/payload/operator'],
    ['/targets/3/payload/groupBy/1'],
    ['/targets/4/payload/filters/1'],
  ])
  t.match(Object(customs[1]).message, /\[\/targets\/1\/payload\/groupBy\/0\] .*\[\/targets\/1\/payload\/groupBy\/1\] /)
  const adhocFilters = [
    { key: 'team', operator: '=', value: 'a' },
    { key: 'conversationID', operator: '=', value: 'x' },
  ]
  const { body: filtered } = await service.send('/query', { range: DAY, targets: [target({})], adhocFilters })
  t.strictSame(pathsOf(Object(filtered)[0].meta.custom), ['/adhocFilters/1'])
})

t.test('a payload that came to nothing is drawn, and the panel says so', async (t) => {
  const service = await openGrafana(t)
  const notices = async (asked: unknown) => {
    const [frame] = Object((await service.send('/query', { range: DAY, targets: [asked] })).body)
    return frame.meta.notices
  }
  t.match(await notices(target({})), [{ severity: 'warning', text: /The payload is empty/ }])
  t.equal(await notices({ ...target({}), editorMode: 'builder' }), undefined)
  t.equal(await notices(target({ aggregations: ['total'] })), undefined)
})

t.test('where one of several measures cannot be had just now, the others are drawn', async (t) => {
  const service = await openGrafana(t)
  service.emulator.injectFault({ kind: 'status', status: 500 }, { times: 1_000, path: '/analytics/graphs/latency' })
  const targets = [
    target({ aggregations: ['sum costInUSD'], interval: '1 hour' }, 'A'),
    target({ aggregations: ['p50 latencyMs'], interval: '1 hour' }, 'B'),
  ]
  const frames = await service.panel({ targets })
  t.strictSame(
    frames.map(({ refId, fields }) => [refId, fields.length]),
    [
      ['A', 2],
      ['B', 0],
    ],
  )
  t.match(frames[1]?.meta?.notices?.[0]?.text, /^UPSTREAM_UNAVAILABLE: /)
})

t.test('while Portkey does not answer, what was drawn before is drawn again, and the panel says so', async (t) => {
  const service = await openGrafana(t)
  const targets = [target({ type: 'distribution', groupBy: ['modelName'] })]
  const range = { from: '2026-06-10T00:00:00.000Z', to: '2026-06-10T12:30:00.000Z' }
  const [before] = await service.panel({ range, targets })
  service.emulator.setNow(service.emulator.now() + 60_000)
  service.emulator.injectFault({ kind: 'status', status: 503 }, { times: 1_000 })
  const { body, headers } = await service.send('/query', { range, targets })
  t.equal(headers.get('x-cache'), 'stale')
  t.match(headers.get('warning'), /^110/)
  const [after] = Object(body)
  t.equal(after.rows.length, before?.length)
  t.match(after.meta.notices, [{ severity: 'warning', text: /this is what it said 60 s ago/ }])
})

t.test('a request that cannot be read is a 400 with every fault at its place', async (t) => {
  const service = await openGrafana(t)
  const faulty: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['no range', { targets: [] }, ['/range']],
    ['no targets', { range: DAY }, ['/targets']],
    ['targets that are none', { range: DAY, targets: [null, 'A', 1] }, ['/targets/0', '/targets/1', '/targets/2']],
    ['ends that are no instants', { range: { from: 'now-1h', to: {} }, targets: [] }, ['/range/from', '/range/to']],
    ['an empty range', { range: { from: DAY.to, to: DAY.from }, targets: [] }, ['/range/to']],
    ['too many targets', { range: DAY, targets: Array(101).fill({}) }, ['/targets']],
    [
      'ad hoc filters that are none',
      { range: DAY, targets: [], adhocFilters: [{ key: 1 }, { key: 'team', operator: 1 }], filters: 'team' },
      ['/adhocFilters/0', '/adhocFilters/1', '/filters'],
    ],
  ]
  for (const [name, body, paths] of faulty) {
    const reply = await service.send('/query', body)
    t.equal(reply.status, 400, name)
    t.strictSame(
      Object(reply.body).details.map(({ path }: { path: string }) => path),
      paths,
      name,
    )
    t.match(reply.body, { statusCode: 400, error: 'Bad Request', message: /\S/ }, name)
  }
  for (const path of PATHS) {
    for (const body of ['{', '[1', '"text"', '[]']) {
      t.equal((await service.send(path, body)).status, 400, `${path} ${body}`)
    }
  }
  t.equal((await service.send('/query', { ...REQUEST, targets: [] }, { 'content-type': 'text/plain' })).status, 415)
  t.equal((await service.send('/query', `{"a":"${'x'.repeat(300_000)}"}`)).status, 413)
  t.equal((await service.send('/query', GET)).status, 405)
})

t.test('who is not known is told nothing', async (t) => {
  const service = await openGrafana(t)
  const headers = { authorization: 'Bearer another' }
  for (const path of PATHS) {
    const { status, body } = await service.send(path, { ...REQUEST, targets: [] }, headers)
    t.equal(status, 401, path)
    t.match(body, { code: 'UNAUTHENTICATED' })
  }
  for (const path of ['', '/']) t.equal((await service.send(path, GET, headers)).status, 401)
})

t.test('a target that cannot be read is a question that ended, in log and metrics', async (t) => {
  const service = await openGrafana(t)
  const targets = [target({ type: 'distribution' }, 'A'), target({ groupBy: ['nothing'] }, 'B'), target({}, 'C', 'x')]
  await service.panel({ targets })
  const lines = service.logs.filter(({ msg }) => msg === 'question')
  t.strictSame(lines.map(({ code }) => code ?? 'ok').toSorted(), ['UNSUPPORTED_FIELD', 'VALIDATION_FAILED', 'ok'])
  t.ok(lines.every(({ requestId, principal }) => requestId !== undefined && principal === 'token-1'))
  const metrics = await (await fetch(`${service.url}/metrics`)).text()
  t.match(metrics, 'pmp_questions_total{outcome="UNSUPPORTED_FIELD"} 1')
  t.match(metrics, 'pmp_questions_total{outcome="VALIDATION_FAILED"} 1')
  t.match(metrics, 'pmp_questions_total{outcome="ok"} 1')
  t.match(metrics, 'pmp_cache_replies_total{result="miss"} 1', 'nothing was looked for on their behalf')
})

t.test('a hundred targets at once cause no warning of the process', async (t) => {
  const service = await openGrafana(t)
  const warnings: Error[] = []
  const note = (warning: Error) => warnings.push(warning)
  process.on('warning', note)
  t.teardown(() => process.off('warning', note))
  const filtered = (at: number) => ({
    type: 'distribution',
    filters: [{ fieldName: 'team', operator: 'EQUAL', value: `team-${at}` }],
  })
  const targets = Array.from({ length: 100 }, (_, at) => target(filtered(at), String(at)))
  t.equal((await service.panel({ targets })).length, 100)
  await new Promise((resolve) => setImmediate(resolve))
  t.strictSame(warnings, [])
})
