import { rmSync, utimesSync } from 'node:fs'
import { dirname } from 'node:path'
import t from 'tap'
import { ConfigError, loadConfig } from '../../src/config.js'
import { openTeams, type Reloaded } from '../../src/teams/teams.js'
import { entry, tokensFile } from './file.js'

const settings = (path: string, env = {}) =>
  loadConfig({ PORTKEY_API_KEY: 'the-default-key', TOKENS_FILE: path, ...env })

const faultsOf = (open: () => unknown): readonly string[] => {
  try {
    open()
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

/** Teams over a file, and what came of its changes, one by one. */
const watched = (t: import('tap').Test, tokens: readonly unknown[], env = {}) => {
  const file = tokensFile(t, tokens)
  const waiting: ((reloaded: Reloaded) => void)[] = []
  const teams = openTeams(settings(file.path), { env, onReload: (reloaded) => waiting.shift()?.(reloaded) })
  // Watching alone keeps no process alive.
  const alive = setInterval(() => {}, 1_000)
  t.teardown(() => {
    clearInterval(alive)
    teams.close()
  })
  return { file, teams, reloaded: () => new Promise<Reloaded>((resolve) => waiting.push(resolve)) }
}

t.test('a token is found by its digest, with its own key, workspace and limit', async (t) => {
  const { path } = tokensFile(t, [
    entry('one'),
    entry('two', { upstreamKey: 'KEY_OF_TWO', workspace: 'ws', requestsPerMinute: 5 }),
  ])
  const teams = openTeams(settings(path), { env: { KEY_OF_TWO: ' another-key\n' } })
  t.teardown(() => teams.close())
  t.match(teams.find('one'), { name: 'one', upstreamKey: 'the-default-key', workspace: null, standing: 'configured' })
  t.match(teams.find('two'), {
    upstreamKey: 'another-key',
    workspace: 'ws',
    standing: 'bound',
    requestsPerMinute: 5,
  })
  t.not(teams.find('one')?.scope, teams.find('two')?.scope)
  t.equal(teams.find('One'), undefined)
  t.equal(teams.find(''), undefined)
  t.strictSame(teams.secrets(), ['the-default-key', 'another-key'])
})

t.test('views differ where what may be seen does, and scopes only where the upstream does', async (t) => {
  const filters = (value: string) => ({ filters: [{ fieldName: 'team', operator: 'EQUAL', value }] })
  const { path } = tokensFile(t, [
    entry('all'),
    entry('red', filters('red')),
    entry('red-too', filters('red')),
    entry('blue', filters('blue')),
    entry('models', { datasources: ['modelMetrics'] }),
    entry('bound', { workspace: 'ws' }),
  ])
  const teams = openTeams(settings(path), {})
  t.teardown(() => teams.close())
  const view = (token: string) => teams.find(token)?.view
  const views = ['all', 'red', 'blue', 'models', 'bound'].map(view)
  t.equal(new Set(views).size, 5)
  t.equal(view('red'), view('red-too'))
  t.equal(teams.find('red')?.scope, teams.find('all')?.scope)
})

t.test('a file that cannot be used stops the start, with every fault', async (t) => {
  const { path } = tokensFile(t, [
    entry('a', { upstreamKey: 'NOT_SET' }),
    entry('b', { filters: [{ fieldName: 'taem', operator: 'EQUAL', value: 'x' }] }),
  ])
  const faults = faultsOf(() => openTeams(settings(path)))
  t.match(faults, [
    /^TOKENS_FILE: \/tokens\/0\/upstreamKey must name an environment variable/,
    /^TOKENS_FILE: \/tokens\/1\/filters\/0/,
  ])
  t.match(
    faultsOf(() => openTeams(settings('/nowhere/at-all.json'))),
    [/^TOKENS_FILE: it cannot be read/],
  )
  const both = tokensFile(t, [entry('the-same-token')])
  t.match(
    faultsOf(() => openTeams(settings(both.path, { API_TOKENS: 'the-same-token' }))),
    [/^TOKENS_FILE: \/tokens\/0 is a token that is in API_TOKENS too$/],
  )
  t.notMatch([...faults, ...faultsOf(() => openTeams(settings(both.path)))].join(), /NOT_SET|taem|the-same-token/)
  t.match(
    faultsOf(() => openTeams(settings(dirname(path)))),
    [/^TOKENS_FILE: it is a directory/],
  )
})

t.test('a changed file is read again: tokens come and go', async (t) => {
  const { file, teams, reloaded } = watched(t, [entry('old'), entry('kept')])
  const change = reloaded()
  file.write([entry('kept', { requestsPerMinute: 9 }), entry('new')])
  t.strictSame(await change, { ok: true, tokens: 2 })
  t.equal(teams.find('old'), undefined)
  t.equal(teams.find('kept')?.requestsPerMinute, 9)
  t.equal(teams.find('new')?.name, 'new')
})

t.test('a change that comes before the file is looked at for the first time is not missed', async (t) => {
  const changes = Array.from({ length: 20 }, () => {
    const { file, teams, reloaded } = watched(t, [entry('old')])
    const change = reloaded()
    file.write([entry('new')])
    return { teams, change }
  })
  for (const { teams, change } of changes) {
    await change
    t.equal(teams.find('old'), undefined)
  }
})

t.test('a change that cannot be used changes nothing, and the next good one is taken', async (t) => {
  const { file, teams, reloaded } = watched(t, [entry('old')])
  const bad = reloaded()
  file.writeText('{"tokens":[{"name":"ol')
  t.match(await bad, { ok: false, faults: [/^it is not JSON: /] })
  t.equal(teams.find('old')?.name, 'old')
  const gone = reloaded()
  rmSync(file.path)
  t.match(await gone, { ok: false, faults: [/cannot be read/] })
  t.equal(teams.find('old')?.name, 'old')
  const good = reloaded()
  file.write([entry('new')])
  t.match(await good, { ok: true })
  t.equal(teams.find('old'), undefined)
})

t.test('a large file is read again between other work, and what was known is good meanwhile', async (t) => {
  let began = false
  const env = {
    // Looked at when the first entry is read.
    get KEY_OF_THE_FIRST() {
      began = true
      return 'a-key'
    },
  }
  const { file, teams, reloaded } = watched(t, [entry('old')], env)
  const filtersOf = (index: number) => [{ fieldName: 'modelName', operator: 'IN', value: [`m${index}`, `n${index}`] }]
  const first = entry('first', { upstreamKey: 'KEY_OF_THE_FIRST' })
  const many = Array.from({ length: 1_000 }, (_, index) => entry(`team-${index}`, { filters: filtersOf(index) }))
  let turns = 0
  let over = false
  const turn = () => {
    // A reading at one go has no such turn.
    if (began && teams.find('old') !== undefined) turns += 1
    if (!over) setImmediate(turn)
  }
  const change = reloaded()
  file.write([first, ...many])
  turn()
  t.match(await change, { ok: true, tokens: 1_001 })
  over = true
  t.ok(turns > 0)
  t.equal(teams.find('old'), undefined)
  t.not(teams.find('team-1')?.view, teams.find('team-2')?.view)
})

t.test('a file that was touched, and says the same, is not read again', async (t) => {
  const { file, teams, reloaded } = watched(t, [entry('old')])
  const before = teams.find('old')
  const change = reloaded()
  utimesSync(file.path, 1, 1)
  // It is looked at once a second.
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  t.equal(teams.find('old'), before)
  file.write([entry('new')])
  t.match(await change, { ok: true, tokens: 1 }, 'the first that is told of')
  t.ok(teams.find('new'))
})
