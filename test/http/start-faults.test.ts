import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { bindableFields, CATALOG } from '../../src/catalog/catalog.js'
import { ConfigError, loadConfig } from '../../src/config.js'
import { startFaults } from '../../src/http/start-faults.js'
import { openTeams } from '../../src/teams/teams.js'
import { MAIN, ROOT } from '../fixtures/places.js'

const PREFIX = 'portkey-metrics-proxy: '
const SECRETS = { PORTKEY_API_KEY: 'planted-key-4711', API_TOKENS: 'planted-token-0815' }

/** All that a process which cannot start leaves behind. */
const crash = async (t: Test, env: NodeJS.ProcessEnv) => {
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString()
  })
  const [code] = await once(child, 'close')
  return { code, ...output }
}

/** What a start does before it listens. */
const openConfigured = async (env: NodeJS.ProcessEnv) =>
  openTeams(loadConfig(env, bindableFields(CATALOG)), { env, onReload: () => undefined })

const BROKEN: Readonly<Record<string, readonly [NodeJS.ProcessEnv, readonly RegExp[]]>> = {
  'an empty environment': [{}, [/PORTKEY_API_KEY is needed: set it/, /API_TOKENS is needed .*: set/]],
  'values that are none': [
    { ...SECRETS, PORT: '99999', TRUST_PROXY: 'everyone', MAX_ROWS: '-1', LOG_LEVEL: 'loud' },
    [/^PORT must be a whole number/, /^LOG_LEVEL must be/, /^MAX_ROWS must be/, /^TRUST_PROXY must be/],
  ],
  'secrets that cannot be': [
    {
      PORTKEY_API_KEY: 'planted key',
      API_TOKENS: 'planted,planted',
      REDIS_URL: 'redis://:planted%zz@redis',
      HTTPS_PROXY: 'ftp://user:planted@proxy',
    },
    [/^PORTKEY_API_KEY must/, /^API_TOKENS must/, /^HTTPS_PROXY must/, /^REDIS_URL must/],
  ],
  'an address of another machine': [
    { ...SECRETS, HOST: '203.0.113.1', PORT: '0' },
    [/EADDRNOTAVAIL.*203\.0\.113\.1.*: set HOST/],
  ],
}

for (const [what, [env, faults]] of Object.entries(BROKEN)) {
  t.test(`${what}: one line a fault, nothing else, and exit code 1`, async (t) => {
    const { code, stdout, stderr } = await crash(t, env)
    t.equal(code, 1)
    t.equal(stdout, '')
    const lines = stderr.trimEnd().split('\n')
    t.equal(lines.length, faults.length, stderr)
    for (const line of lines) t.ok(line.startsWith(PREFIX), line)
    t.match(
      lines.map((line) => line.slice(PREFIX.length)),
      faults,
    )
    t.notMatch(stderr, /planted/, 'no secret')
  })
}

const FILES: Readonly<Record<string, readonly [string | null, readonly RegExp[]]>> = {
  'is not there': [null, [/^TOKENS_FILE: it cannot be read: check/]],
  'is empty': ['', [/^TOKENS_FILE: it is not JSON/]],
  'is cut off': ['{"tokens":[{"name":"planted', [/^TOKENS_FILE: it is not JSON/]],
  'is another thing': ['[]', [/^TOKENS_FILE: it must be|^TOKENS_FILE: it is wrong/]],
  'has faults': [
    JSON.stringify({
      tokens: [
        { name: 'planted name', sha256: 'planted' },
        { name: 'b', sha256: 'ab'.repeat(32), upstreamKey: 'NO_SUCH_KEY' },
      ],
    }),
    [/^TOKENS_FILE: \/tokens\/0\/name must be/, /^TOKENS_FILE: \/tokens\/0\/sha256 must be 64 .* SHA-256/],
  ],
  'names a key that is not there': [
    JSON.stringify({ tokens: [{ name: 'b', sha256: 'ab'.repeat(32), upstreamKey: 'NO_SUCH_KEY' }] }),
    [/^TOKENS_FILE: \/tokens\/0\/upstreamKey must name an environment variable that holds a Portkey key: set it$/],
  ],
  'is the example, not filled in': [
    readFileSync(join(ROOT, 'deploy/tokens.example.json'), 'utf8'),
    [/^TOKENS_FILE: \/tokens\/0\/sha256 must/, /^TOKENS_FILE: \/tokens\/1\/sha256 must/],
  ],
}

const tokensFile = (t: Test, content: string | null): string =>
  join(t.testdir(content === null ? {} : { 'tokens.json': content }), 'tokens.json')

for (const [what, [content, faults]] of Object.entries(FILES)) {
  t.test(`a file of tokens that ${what} is told in lines as well, none of which repeats it`, async (t) => {
    const env = { PORTKEY_API_KEY: SECRETS.PORTKEY_API_KEY, TOKENS_FILE: tokensFile(t, content) }
    const lines = await openConfigured(env).then(
      () => [],
      (error: unknown) => startFaults(error),
    )
    t.equal(lines.length, faults.length, lines.join('\n'))
    t.match(lines, faults)
    t.notMatch(lines.join('\n'), /planted/)
  })
}

t.test('a process with a faulty file of tokens ends with those lines and nothing else', async (t) => {
  const file = tokensFile(t, '{"tokens":[{"name":"planted')
  const { code, stdout, stderr } = await crash(t, { PORTKEY_API_KEY: SECRETS.PORTKEY_API_KEY, TOKENS_FILE: file })
  t.equal(code, 1)
  t.equal(stdout, '')
  t.match(stderr, new RegExp(`^${PREFIX}TOKENS_FILE: it is not JSON[^\n]*\n$`))
  t.notMatch(stderr, /planted/)
})

t.test('a port that is taken is one line too', async (t) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { code, stdout, stderr } = await crash(t, { ...SECRETS, PORT: `${port}` })
  t.equal(code, 1)
  t.equal(stdout, '')
  t.match(stderr, new RegExp(`^${PREFIX}listen EADDRINUSE.*:${port}: choose another PORT, or stop .*\\n$`))
})

t.test('a port that needs a right is said to be one, and no other refusal is taken for it', async (t) => {
  const refused = (message: string, syscall: string) => Object.assign(new Error(message), { code: 'EACCES', syscall })
  t.match(startFaults(refused('listen EACCES: permission denied 0.0.0.0:80', 'listen')), [
    /0\.0\.0\.0:80: choose a PORT/,
  ])
  t.strictSame(startFaults(refused('EACCES: permission denied, open x', 'open')), ['EACCES: permission denied, open x'])
})

t.test('whatever is thrown is one line', async (t) => {
  t.strictSame(startFaults(new Error('first\n  second')), ['first second'])
  t.strictSame(startFaults('text'), ['text'])
  t.strictSame(startFaults(new ConfigError(['A is wrong', 'B is\nmissing'])), ['A is wrong', 'B is missing'])
})
