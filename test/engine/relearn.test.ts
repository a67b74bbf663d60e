import t from 'tap'
import { CATALOG } from '../../src/catalog/catalog.js'
import { loadConfig } from '../../src/config.js'
import { createEmulator, WORKSPACE_KEY } from '../../src/emulator/emulator.js'
import { createEngine } from '../../src/engine.js'
import { parseQuery } from '../../src/query/parse.js'
import { DOCUMENTED } from '../plan/minima/documented.js'
import { LIVE } from '../plan/minima/live.js'
import { principal } from './principal.js'
import { byValue, type Figures, inputTokens, outputTokens, percentile, sameRows, sum, usd } from './scan.js'
import { DAY, deploy, EXAMPLE, LEAST, MINUTE, NOW, YESTERDAY } from './service.js'

const FIGURES: Figures = {
  countModelName: (rows) => rows.filter(({ model }) => model !== null).length,
  sumInputTokens: sum(inputTokens),
  sumOutputTokens: sum(outputTokens),
  p99LatencyMs: percentile(0.99),
  sumCostInUSD: sum(usd),
}

/** A whole day so many days before the emulator's: asked of no other, so that nothing of the answer is held. */
const dayBefore = (days: number) => ({
  startTs: new Date(Date.parse(YESTERDAY.startTs) - days * DAY).toISOString(),
  endTs: new Date(Date.parse(YESTERDAY.endTs) - days * DAY).toISOString(),
})

t.test(
  'an endpoint that goes missing is done without, and used again ten minutes after it was first seen',
  async (t) => {
    const service = await deploy(t, { historyDays: 12 })
    const { emulator } = service
    let days = 0
    const ask = async (name: string) => {
      days += 1
      const window = dayBefore(days)
      emulator.resetRequests()
      const asked = await service.ask({ ...EXAMPLE, ...window })
      t.equal(asked.status, 200, `${name}: ${asked.message}`)
      sameRows(
        t,
        asked.rows,
        byValue(service.seen(window), 'modelName', ({ model }) => model, FIGURES),
        name,
      )
      const listed = emulator.requests.filter(({ path }) => path.endsWith('/groups/model')).length
      return { calls: asked.calls, listed }
    }
    t.strictSame(await ask('all is there'), { calls: 1, listed: 1 })

    emulator.set({ missing: ['groups/model'] })
    const lost = await ask('the listing is gone')
    t.equal(lost.listed, 1, 'its 404 is met once')
    t.equal((await ask('it is still gone')).listed, 1, 'one 404 may be a passing fault, so it is asked once more')
    const known = await ask('that is known')
    t.equal(known.listed, 0, 'it is not asked again')
    t.ok(known.calls > 1, `${known.calls} calls instead of one`)

    emulator.set({ missing: [] })
    for (const minutes of [3, 6, 9]) {
      emulator.setNow(NOW + minutes * MINUTE)
      t.equal((await ask(`back for ${minutes} minutes`)).listed, 0, 'what was learnt is believed')
    }
    emulator.setNow(NOW + 10 * MINUTE + 1)
    t.strictSame(await ask('ten minutes later'), { calls: 1, listed: 1 }, 'questions in between do not prolong it')
  },
)

t.test('a deployment that is upgraded, and taken back, gives the same numbers', async (t) => {
  const service = await deploy(t, { historyDays: 40, requestsPerHour: 20, profile: 'documented' })
  const { emulator } = service
  const bodies = [...LIVE, ...DOCUMENTED]
  const askAll = async () => {
    const replies = []
    for (const { body } of bodies) replies.push(await service.ask(body))
    return replies
  }
  const older = await askAll()
  emulator.setProfile('live')
  const meanwhile = await askAll()
  emulator.setNow(NOW + 11 * MINUTE)
  const newer = await askAll()
  emulator.setProfile('documented')
  const back = await askAll()

  for (const [index, { name }] of bodies.entries()) {
    const want = newer[index]
    t.equal(want?.status, 200, `${name}: ${want?.message}`)
    for (const [when, reply] of Object.entries({
      older: older[index],
      meanwhile: meanwhile[index],
      back: back[index],
    })) {
      if (reply?.status === 200) sameRows(t, reply.rows, want?.rows ?? [], `${name}: ${when}`)
      else
        t.match(reply?.code, /^(UNSUPPORTED_BY_UPSTREAM|PLAN_TOO_EXPENSIVE)$/, `${name}: ${when}, refused, not guessed`)
    }
  }
  const answered = older.filter(({ status }) => status === 200).length
  t.ok(answered > bodies.length / 3, `${answered} of ${bodies.length} are answered under both profiles`)
})

t.test('a thousand scopes are remembered, the one not asked for longest is forgotten first', async (t) => {
  const emulator = createEmulator({ now: NOW, historyDays: 1, requestsPerHour: 1, missing: ['groups/model'] })
  const config = loadConfig({
    PORTKEY_API_KEY: WORKSPACE_KEY,
    API_TOKENS: 'a-token-that-nobody-uses',
    PORTKEY_BASE_URL: await emulator.listen(),
    UPSTREAM_RPS: '10000',
  })
  const engine = createEngine(config, { now: emulator.now })
  t.teardown(async () => {
    await engine.close()
    await emulator.close()
  })
  const total = parseQuery(LEAST, CATALOG)
  const byModel = parseQuery({ ...LEAST, groupBy: ['modelName'] }, CATALOG)
  const ask = (query: typeof total, scope: string) =>
    engine.ask(query, principal({ scope, upstreamKey: WORKSPACE_KEY }), { signal: new AbortController().signal })
  /** Whether the scope still knows that the listing is missing. */
  const knows = async (scope: string) => {
    emulator.resetRequests()
    await ask(byModel, scope)
    return !emulator.requests.some(({ path }) => path.endsWith('/groups/model'))
  }
  await ask(byModel, 'first')
  await ask(byModel, 'second')
  t.ok(await knows('second'))
  t.ok(await knows('first'))
  for (let batch = 0; batch < 1000; batch += 50) {
    const scopes = Array.from({ length: 50 }, (_, index) => `scope ${batch + index}`)
    await Promise.all(scopes.map((scope) => ask(total, scope)))
    if (batch < 950) t.ok(await knows('first'), 'asked all the while')
  }
  t.notOk(await knows('second'), 'a thousand others later')
})
