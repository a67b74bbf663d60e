import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { settingsOf } from '../../src/config/read.js'
import { SETTINGS } from '../../src/config/table.js'
import { loadConfig } from '../../src/config.js'
import { VERSION } from '../../src/version.js'
import { ROOT } from '../fixtures/places.js'
import { amount, deployed, filled } from './files.js'

const ENV = { PORTKEY_API_KEY: 'a-key', REDIS_PASSWORD: 'abc123', METRICS_TOKEN: 'a-token', GRAFANA_PASSWORD: 'secret' }
const KNOWN: readonly string[] = settingsOf(SETTINGS).map(([name]) => name)
const FILES = ['compose.yaml', 'grafana/compose.yaml']

/** What a stop may take beyond the longest question; see main.ts. */
const STOP_GRACE_MS = 5_000

for (const path of FILES) {
  t.test(`${path}: the service has good settings, and nothing but settings`, async (t) => {
    const { metrics } = parse(filled(deployed(path), ENV)).services
    const unknown = Object.keys(metrics.environment).filter((name) => !KNOWN.includes(name))
    t.strictSame(unknown, [])
    const config = loadConfig(metrics.environment)
    t.equal(config.portkeyApiKey, ENV.PORTKEY_API_KEY)
    t.match(config.redisUrl, /@redis:6379\/0$|^redis:\/\/redis:6379$/)
    t.ok(amount(metrics.stop_grace_period) > config.requestTimeoutMs + STOP_GRACE_MS, 'a stop is waited for')
    t.ok(amount(metrics.mem_limit) > 2 * config.cacheMaxMb * 1_048_576, 'what is held has room')
    t.equal(metrics.image, `portkey-metrics-proxy:${VERSION}`)
    t.ok(existsSync(join(ROOT, 'deploy', dirname(path), metrics.build, 'Dockerfile')))
  })

  t.test(`${path}: no secret stands in it, and none has a usual value`, async (t) => {
    const { services } = parse(deployed(path))
    for (const [service, { environment = {} }] of Object.entries<{ environment?: object }>(services)) {
      for (const [name, value] of Object.entries(environment)) {
        if (!/^(?:PORTKEY_API_KEY|API_TOKENS|METRICS_TOKEN|REDIS_URL)$|PASSWORD/.test(name)) continue
        if (value === 'redis://redis:6379') continue
        t.match(value, /^[a-z:/]*\$\{\w+:\?[^}]+\}[^$]*$/, `${service}: ${name} comes from outside, or the start fails`)
      }
    }
    for (const name of Object.keys(ENV).filter((name) => deployed(path).includes(`\${${name}:`))) {
      const others = Object.fromEntries(Object.entries(ENV).filter(([other]) => other !== name))
      t.throws(() => filled(deployed(path), others), `${name} must be set`)
    }
  })

  t.test(`${path}: service and Redis can do little beyond their work`, async (t) => {
    const { services, networks } = parse(filled(deployed(path), ENV))
    for (const name of ['metrics', 'redis']) {
      const service = services[name]
      t.equal(service.read_only, true, name)
      t.strictSame(service.cap_drop, ['ALL'], name)
      t.strictSame(service.security_opt, ['no-new-privileges:true'], name)
      t.ok(
        service.tmpfs.some((mount: string) => mount.startsWith('/tmp:size=')),
        name,
      )
      t.ok(amount(service.mem_limit) > 0 && service.pids_limit > 0, name)
      t.equal(service.privileged, undefined, name)
    }
    t.match(services.redis.user, /^[1-9]\d*:[1-9]\d*$/, 'not root')
    t.ok(services.redis.healthcheck.test.length > 1)
    t.equal(services.redis.ports, undefined, 'Redis is on no port of the host')
    t.strictSame(services.redis.networks, ['inside'])
    t.equal(networks.inside.internal, true)
    for (const port of services.metrics.ports) t.match(port, /^127\.0\.0\.1:\d+:8080$/, 'on loopback alone')
  })
}

t.test('what is mounted is in the repository, or told to be made', async (t) => {
  const { metrics, redis } = parse(filled(deployed('compose.yaml'), ENV)).services
  for (const volume of redis.volumes) {
    const [source, , mode] = volume.split(':')
    t.ok(existsSync(join(ROOT, 'deploy', source)), source)
    t.equal(mode, 'ro')
  }
  const [tokens] = metrics.volumes
  t.equal(tokens.read_only, true)
  t.equal(tokens.bind.create_host_path, false, 'a folder that is missing stops the start')
  t.equal(dirname(metrics.environment.TOKENS_FILE), tokens.target)
  t.match(deployed('compose.yaml'), /mkdir -p tokens && cp tokens\.example\.json tokens\/tokens\.json/)
  const ignored = readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n')
  for (const secret of ['deploy/.env', 'deploy/tokens/', 'deploy/kubernetes/secret.yaml']) {
    t.ok(ignored.includes(secret), `${secret} cannot be committed by chance`)
  }
})

t.test('the example of .env names what Compose reads, without values', async (t) => {
  const lines = deployed('env.example')
    .split('\n')
    .filter((line) => line.includes('='))
  const names = lines.map((line) => line.replace(/^# /, '').split('=')[0] ?? '')
  const read = [...deployed('compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name)
  t.strictSame(names.toSorted(), [...new Set(read)].toSorted())
  for (const line of lines.filter((line) => !line.startsWith('#'))) t.match(line, /^\w+=$/)
})
