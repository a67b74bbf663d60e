import t from 'tap'
import { deploy, EXAMPLE, NOW, type Whole } from '../engine/service.js'
import { errorOf, forbiddenEngine, serve } from './harness.js'

const PATHS = ['/v1/metrics/query', '/api/svc/v1/llm-gateway/metrics/query']
const sum = (column: string) => ({ type: 'sum', column })
const p99 = { type: 'p99', column: 'latencyMs' }
const notEqual = (fieldName: string, value: string) => ({ fieldName, operator: 'NOT_EQUAL', value })
const hourly = { type: 'timeseries', interval: '1 hour' }

const HOURLY_P99_BY_MODEL = { ...hourly, groupBy: ['modelName'], aggregations: [p99] }
const THREE_GROUPS = {
  groupBy: ['modelName', 'team', 'metadata.env'],
  filters: [notEqual('modelName', 'gpt-4o')],
  aggregations: [sum('costInUSD')],
}

/** Questions of every shape of plan. */
const QUESTIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'the published example': EXAMPLE,
  'the total': {},
  'an hourly p99 by model': HOURLY_P99_BY_MODEL,
  'three groups and a negative filter': THREE_GROUPS,
  'sums by the hour': { ...hourly, aggregations: [sum('inputTokens'), sum('costInUSD')] },
  'minutes of a day': { type: 'timeseries', interval: '1 minute' },
  'a model alone': { filters: [{ fieldName: 'modelName', operator: 'EQUAL', value: 'gpt-4o' }], aggregations: [p99] },
  'virtual models': { groupBy: ['virtualModel'], aggregations: [sum('costInUSD')] },
  failures: { groupBy: ['isFailure'], aggregations: [p99] },
  'a count of teams': { aggregations: [{ type: 'countDistinct', column: 'team' }] },
  'nothing at all': { startTs: '2027-01-01T00:00:00.000Z', endTs: '2027-01-02T00:00:00.000Z' },
}

type Tree = Readonly<Record<string, unknown>>

const object = (value: unknown): Tree =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
const list = (value: unknown): readonly Tree[] => (Array.isArray(value) ? value.map(object) : [])
const number = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN)
const nodesOf = (node: Tree): readonly Tree[] => [node, ...list(node.parts).flatMap(nodesOf)]

/** Calls of the plans that were given up. */
const spentOn = (repairs: unknown): number =>
  (Array.isArray(repairs) ? repairs.map(String) : []).reduce(
    (all, text) => all + Number(/; planned again after (\d+) calls?\.$/.exec(text)?.[1]),
    0,
  )

/** Asks with `?explain=`, and reads the body. */
const explain = async (service: Whole, mode: string, fields: Tree, headers: Readonly<Record<string, string>> = {}) => {
  const asked = await service.ask(fields, { path: `${PATHS[0]}?explain=${mode}`, headers })
  return { ...asked, body: object(JSON.parse(asked.text)) }
}

t.test('explain=true says how a question is answered, and asks nothing', async (t) => {
  const service = await deploy(t)
  for (const [name, fields] of Object.entries(QUESTIONS)) {
    const { status, body, calls, headers, message } = await explain(service, 'true', fields)
    t.equal(status, 200, `${name}: ${message}`)
    t.equal(calls, 0, `${name}: nothing is sent`)
    t.strictSame(Object.keys(body), ['plan', 'text', 'estimatedCalls'], `${name}: keys`)
    t.equal(headers.get('x-upstream-calls'), '0', `${name}: as the reply says`)
    t.equal(object(body.plan).estimatedCalls, body.estimatedCalls, `${name}: one price`)
    t.equal(String(body.text).split('\n').length, nodesOf(object(body.plan)).length, `${name}: one line a node`)
    for (const node of nodesOf(object(body.plan))) t.notOk('actual' in node, `${name}: nothing was run`)
  }
})

/** Has the service see yesterday's values of every field that the questions go through. */
const teach = async (service: Whole) => {
  for (const field of ['modelName', 'providerAccountType', 'team', 'metadata.env', 'virtualModel', 'httpStatusCode']) {
    await service.ask({ groupBy: [field], aggregations: [sum('costInUSD')] })
  }
}

t.test('the price is what is paid, once the deployment is known', async (t) => {
  const service = await deploy(t)
  for (const [name, fields] of Object.entries(QUESTIONS)) {
    await service.ask(fields)
    await teach(service)
    const { body } = await explain(service, 'true', fields)
    const asked = await service.ask(fields, { headers: { 'cache-control': 'no-cache' } })
    t.equal(asked.status, 200, `${name}: ${asked.message}`)
    // Not every team has traffic in every environment, and which has is not known ahead.
    if (fields === THREE_GROUPS) t.ok(number(body.estimatedCalls) >= asked.calls, `${name}: at most`)
    else t.equal(body.estimatedCalls, asked.calls, name)
  }
})

t.test('explain=analyze answers, and every call is accounted for', async (t) => {
  const service = await deploy(t)
  for (const [name, fields] of Object.entries(QUESTIONS)) {
    await service.ask(fields)
    await teach(service)
    const plain = await service.ask(fields)
    const { body, calls, headers, rows, status, message } = await explain(service, 'analyze', fields)
    t.equal(status, 200, `${name}: ${message}`)
    t.strictSame(
      Object.keys(body),
      ['data', 'plan', 'text', 'estimatedCalls', 'upstreamCalls', 'repairs'],
      `${name}: keys`,
    )
    t.strictSame(rows, plain.rows, `${name}: the same answer`)
    t.equal(body.upstreamCalls, calls, `${name}: calls`)
    t.equal(headers.get('x-upstream-calls'), String(calls), `${name}: as the headers say`)
    t.ok(headers.get('x-settled-until'), `${name}: the headers of an answer`)
    const nodes = nodesOf(object(body.plan))
    const sent = nodes
      .filter(({ op }) => op === 'call')
      .reduce((all, { actual }) => all + number(object(actual).calls), 0)
    t.equal(sent + spentOn(body.repairs), calls, `${name}: the calls of the nodes add up, with those of plans given up`)
    for (const { actual, parts, op } of nodes) {
      const { calls: own, rows: count, ms, runs, cached } = object(actual)
      const ofParts = list(parts).reduce((all, part) => all + number(object(part.actual).calls), 0)
      if (op !== 'call') t.equal(own, ofParts, `${name}: ${op} has its parts' calls`)
      t.ok(number(count) >= 0 && number(ms) >= 0 && number(runs) >= 0, `${name}: ${op} has figures`)
      if (cached === true) t.equal(own, 0, `${name}: what is held is not sent`)
    }
  }
})

t.test('what runs once a value says how often, and what it came to', async (t) => {
  const service = await deploy(t)
  const fields = { groupBy: ['modelName', 'team'], aggregations: [sum('costInUSD')] }
  const { body, rows } = await explain(service, 'analyze', fields)
  const repeated = nodesOf(object(body.plan)).filter(
    ({ op, actual }) => op === 'call' && number(object(actual).runs) > 1,
  )
  t.ok(repeated.length > 0)
  const most = Math.max(...repeated.map(({ actual }) => number(object(actual).rows)))
  t.ok(most > 1 && most <= rows.length, `${most} rows in all its runs`)
})

t.test('a plan that did not hold is told of, with what it cost', async (t) => {
  const service = await deploy(t, { profile: 'documented' })
  const { body, calls, status } = await explain(service, 'analyze', { groupBy: ['modelName'], aggregations: [p99] })
  t.equal(status, 200)
  const repairs = Array.isArray(body.repairs) ? body.repairs.map(String) : []
  t.ok(
    repairs.some((text) => text.startsWith('this deployment has no groups/model;')),
    repairs.join('\n'),
  )
  t.equal(
    spentOn(repairs) + number(object(object(body.plan).actual).calls),
    calls,
    'the plans that failed and the one that held',
  )
  t.equal(body.upstreamCalls, calls)
})

t.test('what is refused is refused the same way when it is to be explained', async (t) => {
  const service = await deploy(t)
  const long = Array.from({ length: 400 }, (_, index) => `a-model-with-a-long-name-${index}`)
  const refused: Readonly<Record<string, Tree>> = {
    'an unknown field': { groupBy: ['colour'] },
    'not in the upstream': { groupBy: ['requestType'] },
    'too dear': { type: 'timeseries', interval: '1 minute', startTs: '2026-06-01T00:00:00.000Z' },
    'too long': { filters: [{ fieldName: 'virtualModelName', operator: 'IN', value: long }], aggregations: [p99] },
  }
  for (const [name, fields] of Object.entries(refused)) {
    const plain = await service.ask(fields)
    t.ok(plain.status === 400 || plain.status === 422, `${name}: ${plain.status} ${plain.text.slice(0, 200)}`)
    for (const mode of ['true', 'analyze']) {
      const explained = await explain(service, mode, fields)
      t.equal(explained.text, plain.text, `${name}: ${mode}`)
      t.equal(explained.calls, 0, `${name}: nothing is sent`)
    }
  }
})

t.test('the text reads well: an hourly p99 by model', async (t) => {
  const service = await deploy(t)
  const { body } = await explain(service, 'true', HOURLY_P99_BY_MODEL)
  t.strictSame(String(body.text).split('\n').slice(0, 3), [
    'add: disjoint slices, added up where they meet (24 calls expected, exact)',
    '  rebucket: into 1 bucket of 1 hour from 2026-06-09T00:00:00.000Z (1 call expected, exact)',
    '    call groups/model 2026-06-09T00:00Z/2026-06-09T01:00Z with p99_latency: rows by modelName: the number of requests, p99 of latencyMs (1 call expected, exact)',
  ])
})

t.test('the text reads well: three groups and a negative filter', async (t) => {
  const service = await deploy(t)
  await service.ask(THREE_GROUPS)
  const fresh = { 'cache-control': 'no-cache' }
  const text = String((await explain(service, 'analyze', THREE_GROUPS, fresh)).body.text)
  for (const part of [
    /^ +body: keep: rows with modelName NOT_IN gpt-4o \(\d+ calls expected, \d+ sent, \d+ rows, [\d.]+ ms.*exact\)$/m,
    /listing: call groups\/metadata\/\w+ .*: rows by /,
    /check, only if the listing is empty: call graphs\/requests /,
    /part: each: one run for every (team|metadata\.env) listed, as \{/,
    /^ +call groups\/model .* where metadata\.env=\{metadata\.env\} and metadata\.team=\{team\} with cost: rows by modelName: /m,
    /over: call .*\(the same call as above, /,
  ]) {
    t.match(text, part)
  }
})

t.test('explain takes two values, on both routes; nothing else is a parameter', async (t) => {
  const service = await serve(t)
  for (const path of PATHS) {
    const plan = await service.ask({ path: `${path}?explain=true` })
    t.equal(plan.status, 200, path)
    t.match(plan.headers.get('content-type'), 'application/json')
    t.match(await plan.json(), { plan: { op: 'empty' }, estimatedCalls: 0 })
  }
  const strict = await serve(t, { engine: forbiddenEngine(t) })
  for (const path of PATHS) {
    for (const value of ['explain=false', 'explain=', 'explain', 'explain=TRUE', 'explain=toString']) {
      const { message } = await errorOf(
        t,
        await strict.ask({ path: `${path}?${value}` }),
        400,
        'VALIDATION_FAILED',
        value,
      )
      t.match(message, /explain takes "true" or "analyze"; found .* Leave it out/, value)
    }
    const twice = await strict.ask({ path: `${path}?explain=true&explain=analyze` })
    const { message: once } = await errorOf(t, twice, 400, 'VALIDATION_FAILED', 'twice')
    t.equal(once, 'explain was sent more than once: send it once.')
    for (const value of ['verbose=true', 'explain=true&debug=1', 'constructor=1']) {
      const { message } = await errorOf(
        t,
        await strict.ask({ path: `${path}?${value}` }),
        400,
        'VALIDATION_FAILED',
        value,
      )
      t.match(message, /There is no query parameter ".*"\. The route takes "explain"\./, value)
    }
  }
})

t.test('explaining needs the same token, and shows none', async (t) => {
  const service = await serve(t, { engine: forbiddenEngine(t) })
  const reply = await service.ask({ path: `${PATHS[0]}?explain=true`, headers: { authorization: '' } })
  await errorOf(t, reply, 401, 'UNAUTHENTICATED')
})

t.test('the log says what an explanation sent', async (t) => {
  const service = await deploy(t)
  await explain(service, 'true', {})
  await explain(service, 'analyze', {})
  const lines = service.logs.filter(({ msg }) => msg === 'request')
  t.strictSame(
    lines.map(({ upstreamCalls }) => upstreamCalls),
    [0, 1],
  )
})

t.test('the end of the window may lie ahead: the plan is of what has begun', async (t) => {
  const service = await deploy(t)
  const startTs = '2026-06-10T10:00:00.000Z'
  const { body } = await explain(service, 'true', { ...hourly, startTs, endTs: '2026-06-11T00:00:00.000Z' })
  t.ok(Date.parse(startTs) < NOW)
  t.match(body.text, /into 3 buckets of 1 hour from 2026-06-10T10:00:00.000Z/)
})
