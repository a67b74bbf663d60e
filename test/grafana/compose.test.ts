import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { settingsOf } from '../../src/config/read.js'
import { SETTINGS } from '../../src/config/table.js'
import { loadConfig } from '../../src/config.js'
import { infinityDashboard } from '../../src/dashboards/infinity.js'
import { jsonDashboard } from '../../src/dashboards/json.js'
import { ROOT } from '../fixtures/places.js'

const folder = join(ROOT, 'deploy/grafana')
const text = (path: string): string => readFileSync(join(folder, path), 'utf8')
const read = (path: string) => parse(text(path))

/** Fills `${NAME}`, `${NAME:-usual}` and `${NAME:?why}` in, as Compose and Grafana do. */
const filled = (content: string, env: Readonly<Record<string, string>>): string =>
  content.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, how?: string, rest = '') => {
    const value = env[name]
    if (value !== undefined) return value
    if (how === '-') return rest
    throw new Error(`${name} is not set`)
  })

const ENV = { PORTKEY_API_KEY: 'a-key', METRICS_TOKEN: 'a-token-to-ask-with', GRAFANA_PASSWORD: 'secret' }

t.test('the service that Compose starts has good settings, and nothing but settings', async (t) => {
  const { environment } = parse(filled(text('compose.yaml'), ENV)).services.metrics
  const known = settingsOf(SETTINGS).map(([name]) => name)
  t.strictSame(
    Object.keys(environment).filter((name) => !known.includes(name)),
    [],
  )
  const config = loadConfig(environment)
  t.equal(config.portkeyApiKey, ENV.PORTKEY_API_KEY)
  t.strictSame(config.apiTokens, [ENV.METRICS_TOKEN])
  for (const name of Object.keys(ENV)) {
    const others = Object.fromEntries(Object.entries(ENV).filter(([other]) => other !== name))
    t.throws(() => filled(text('compose.yaml'), others), `${name} must be set`)
  }
})

t.test('Grafana has the plugins, the sources and the dashboards that belong together', async (t) => {
  const { grafana, metrics } = read('compose.yaml').services
  const { datasources } = parse(
    filled(text('provisioning/datasources/portkey.yaml'), { METRICS_URL: 'http://metrics:8080', METRICS_TOKEN: 'x' }),
  )
  const types: readonly string[] = datasources.map(({ type }: { type: string }) => type)
  t.strictSame(grafana.environment.GF_INSTALL_PLUGINS.split(',').toSorted(), types.toSorted())
  for (const dashboard of [jsonDashboard, infinityDashboard]) {
    for (const { datasource } of [...(dashboard.panels ?? []), ...(dashboard.templating?.list ?? [])]) {
      if (datasource === undefined || datasource === null) continue
      t.ok(
        datasources.some(
          ({ uid, type }: { uid: string; type: string }) => uid === datasource.uid && type === datasource.type,
        ),
      )
    }
  }
  t.equal(datasources[0].url, 'http://metrics:8080/grafana')
  t.equal(datasources[0].secureJsonData.httpHeaderValue1, 'Bearer x')
  t.equal(datasources[1].secureJsonData.bearerToken, 'x')
  const mounts = grafana.volumes.map((volume: string) => volume.split(':'))
  for (const [source] of mounts) t.ok(existsSync(join(folder, source)), source)
  const { providers } = read('provisioning/dashboards/portkey.yaml')
  t.ok(mounts.some(([, target]: readonly string[]) => target === providers[0].options.path))
  t.ok(existsSync(join(folder, metrics.build, 'Dockerfile')))
})
