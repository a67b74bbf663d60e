import fc from 'fast-check'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.js'
import { type Environment, loadConfig } from '../../src/config.js'
import { createEmulator, ORGANISATION_KEY } from '../../src/emulator/emulator.js'
import { createEngine } from '../../src/engine.js'
import { createLogger } from '../../src/http/request-log.js'
import { openTeams } from '../../src/teams/teams.js'
import type { Question } from '../oracle/question.js'
import { type Matter, questions } from '../oracle/questions.js'
import { entry, tokensFile } from '../teams/file.js'
import { COLOURS, type Colour, enforcements, marksOf, NOW, SINCE, seenBy, traffic } from './isolation.js'

/** ISOLATION_SEED (a number or `random`) asks other questions, ISOLATION_RUNS so many of each way to keep teams apart. */
const { ISOLATION_SEED = '20260403' } = process.env
const SEED = ISOLATION_SEED === 'random' ? Date.now() % 2 ** 31 : Number(ISOLATION_SEED)
const RUNS = Number(process.env.ISOLATION_RUNS ?? 30)

t.setTimeout(process.env.ISOLATION_RUNS === undefined ? 600_000 : 0)
t.comment(`ISOLATION_SEED=${SEED} ISOLATION_RUNS=${RUNS}`)

/** Somebody who may see one team's data, by the headers that say so. */
type Member = {
  readonly colour: Colour
  readonly headers: Readonly<Record<string, string>>
  /** What is enforced, as filters of somebody who sees all; `null` = it is another workspace. */
  readonly filters: NonNullable<Question['filters']> | null
}

/** A way to keep teams apart: its members, and what the service is told. */
type Way = {
  readonly members: readonly Member[]
  readonly all: Member['headers'] | null
  readonly urls: readonly string[]
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const json = { 'content-type': 'application/json' }

/** One upstream, and services beside each other over it. */
const serve = async (t: Test, byWorkspace: boolean, env: Environment, services = 1): Promise<readonly string[]> => {
  const rows = traffic().map((row) => {
    const colour = COLOURS.find((one) => row.metadata.tenant === one)
    return byWorkspace && colour !== undefined ? { ...row, workspace: colour } : row
  })
  const keys = Object.fromEntries(COLOURS.map((colour) => [`key-of-${colour}`, { workspace: colour, analytics: true }]))
  const emulator = createEmulator({
    now: NOW,
    rows,
    keys: { ...keys, [ORGANISATION_KEY]: { workspace: null, analytics: true } },
  })
  t.teardown(() => emulator.close())
  const config = loadConfig({
    PORTKEY_API_KEY: ORGANISATION_KEY,
    PORTKEY_BASE_URL: await emulator.listen(),
    UPSTREAM_RPS: '10000',
    LOG_LEVEL: 'silent',
    ...env,
  })
  const urls: string[] = []
  for (let at = 0; at < services; at += 1) {
    const app = buildApp(config, {
      engine: createEngine(config, { now: emulator.now }),
      logger: createLogger(config),
      teams: openTeams(config, { env }),
      now: emulator.now,
    })
    t.teardown(() => app.close())
    urls.push(await app.listen({ host: '127.0.0.1', port: 0 }))
  }
  return urls
}

const byFilters = async (t: Test): Promise<Way> => {
  const members = COLOURS.flatMap((colour) =>
    enforcements(colour).map((filters, at) => ({ colour, filters, token: `${colour}-${at}` })),
  )
  const { path } = tokensFile(t, [
    entry('all'),
    ...members.map(({ token, filters }, at) => entry(token, { name: `member-${at}`, filters })),
  ])
  return {
    members: members.map(({ token, ...member }) => ({ ...member, headers: bearer(token) })),
    all: bearer('all'),
    urls: await serve(t, false, { TOKENS_FILE: path }),
  }
}

const byWorkspaces = async (t: Test): Promise<Way> => {
  const { path } = tokensFile(
    t,
    COLOURS.flatMap((colour, at) => [
      entry(`${colour}-bound`, { name: `bound-${at}`, workspace: colour }),
      entry(`${colour}-own`, { name: `own-${at}`, workspace: colour, upstreamKey: `KEY_${at}` }),
    ]),
  )
  const keys = Object.fromEntries(COLOURS.map((colour, at) => [`KEY_${at}`, `key-of-${colour}`]))
  const members = COLOURS.flatMap((colour) =>
    ['bound', 'own'].map((kind) => ({ colour, filters: null, headers: bearer(`${colour}-${kind}`) })),
  )
  return { members, all: null, urls: await serve(t, true, { TOKENS_FILE: path, ...keys }) }
}

const byKeys = async (t: Test): Promise<Way> => ({
  members: COLOURS.map((colour) => ({ colour, filters: null, headers: { 'x-portkey-api-key': `key-of-${colour}` } })),
  all: null,
  urls: await serve(t, true, { AUTH_MODE: 'passthrough' }),
})

/** The text of a reply. Throws when it shows data of another team. */
const clean = async (colour: Colour, what: string, sent: Promise<Response>) => {
  const reply = await sent
  const text = await reply.text()
  const said = `${text} ${JSON.stringify([...reply.headers])}`
  const leaked = COLOURS.filter((other) => other !== colour)
    .flatMap(marksOf)
    .filter((mark) => said.includes(mark))
  if (leaked.length > 0) throw new Error(`${what} shows ${leaked.join(', ')} to ${colour}: ${text.slice(0, 2_000)}`)
  if (reply.status >= 500) throw new Error(`${what} failed: ${text}`)
  return { status: reply.status, text }
}

/** Asks everything that there is to ask about a question, of which each reply must be clean. */
const askAll = async (url: string, way: Way, { colour, headers, filters }: Member, question: Question) => {
  const post = (path: string, body: unknown, as = headers) =>
    fetch(`${url}${path}`, { method: 'POST', headers: { ...json, ...as }, body: JSON.stringify(body) })
  const get = (path: string) => fetch(`${url}${path}`, { headers })
  const first = await clean(colour, 'the answer', post('/v1/metrics/query', question))
  const again = await clean(colour, 'the held answer', post('/v1/metrics/query', question))
  if (first.status === 200 && again.text !== first.text) throw new Error('the held answer differs')
  if (way.all !== null && filters !== null && first.status === 200) {
    const whole = { ...question, filters: [...(question.filters ?? []), ...filters] }
    const right = await (await post('/v1/metrics/query', whole, way.all)).text()
    if (right !== first.text) throw new Error(`enforced filters give ${first.text}\n  and written ones ${right}`)
  }
  await clean(colour, 'the plan', post('/v1/metrics/query?explain=true', question))
  await clean(colour, 'the analysed plan', post('/v1/metrics/query?explain=analyze', question))

  const { startTs, endTs, datasource, groupBy = ['team'] } = question
  const range = { from: startTs, to: endTs }
  for (const field of groupBy.slice(0, 2)) {
    const parameters = new URLSearchParams({ datasource, field, startTs, endTs })
    await clean(colour, `values of ${field}`, get(`/v1/metrics/values?${parameters}`))
    await clean(colour, `a search in ${field}`, get(`/v1/metrics/values?${parameters}&search=e`))
    const payload = { target: `${datasource} ${field}` }
    await clean(colour, 'a variable', post('/grafana/variable', { payload, range }))
    await clean(colour, 'values of a tag', post('/grafana/tag-values', { key: field, timeRange: range }))
    const builder = { metric: datasource, name: 'filter.value', payload: { field }, range }
    await clean(colour, 'options', post('/grafana/metric-payload-options', builder))
  }
  const target = { refId: 'A', target: datasource, payload: { groupBy, filters: question.filters ?? [] } }
  const panel = { range, intervalMs: 3_600_000, maxDataPoints: 50, targets: [target] }
  await clean(colour, 'a panel', post('/grafana/query', panel))
  await clean(colour, 'metrics', post('/grafana/metrics', {}))
}

/** What does not hang on a question. */
const askOnce = async (url: string, { colour, headers }: Member) => {
  const get = (path: string) => clean(colour, path, fetch(`${url}${path}`, { headers }))
  await get('/v1/metrics/catalog')
  for (const list of ['/v1/workspaces', '/v1/virtual-keys', '/v1/log-exports']) await get(list)
  for (const path of ['/', '/docs/json', '/version', '/healthz', '/readyz', '/metrics', '/nowhere']) await get(path)
}

const WAYS = { 'enforced filters': byFilters, 'workspaces of tokens': byWorkspaces, 'keys of callers': byKeys }

for (const [name, open] of Object.entries(WAYS)) {
  t.test(`${name}: no reply shows a value of another team, whatever two principals ask at once`, async (t) => {
    const way = await open(t)
    for (const member of way.members) await askOnce(way.urls[0] ?? '', member)
    const matter = (colour: Colour): Matter => ({
      era: { since: SINCE, now: NOW },
      seen: seenBy(colour),
      metadataKeys: ['region', 'tenant'],
    })
    const asked = fc
      .constantFrom(...way.members)
      .chain((member) => fc.tuple(fc.constant(member), questions(matter(member.colour)), fc.constantFrom(...way.urls)))
    const property = fc.asyncProperty(
      asked,
      fc.constantFrom(...way.members),
      async ([member, question, url], other) => {
        // What the other one asks in the words of the first is its own data, or nothing: its filters name the first.
        const { filters: _, ...unfiltered } = question
        await Promise.all([
          askAll(url, way, member, question),
          askAll(url, way, other, unfiltered),
          askAll(url, way, member, unfiltered),
        ])
      },
    )
    await fc.assert(property, { numRuns: RUNS, seed: SEED })
    t.pass(`${RUNS} pairs`)
  })
}
