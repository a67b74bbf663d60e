import t from 'tap'
import { secretsOf, shortSecrets } from '../../src/config/secrets.js'
import { loadConfig } from '../../src/config.js'
import { createBlot } from '../../src/http/blot.js'

t.test('a secret is blotted out however it is spelt, a part of another one too', async (t) => {
  const blot = createBlot(['p+ss/w"rd 1', 'abcdefgh', 'abcdefgh-longer', 'a.c$ef(gh', 'short'], () => [])
  t.equal(blot('say p+ss/w"rd 1.'), 'say [secret].')
  t.equal(blot(`say ${encodeURIComponent('p+ss/w"rd 1')}.`), 'say [secret].')
  t.equal(blot(JSON.stringify({ say: 'p+ss/w"rd 1' })), '{"say":"[secret]"}')
  t.equal(blot('abcdefgh-longer abcdefgh a.c$ef(gh'), '[secret] [secret] [secret]')
  t.equal(blot('abc$ef(gh short'), 'abc$ef(gh short', 'neither a pattern nor a word of every day')
})

t.test('secrets that come later are blotted out from then on', async (t) => {
  let later: readonly string[] = []
  const blot = createBlot([], () => later)
  t.equal(blot('key-of-a-team'), 'key-of-a-team')
  later = ['key-of-a-team']
  t.equal(blot('key-of-a-team'), '[secret]')
  later = ['key-of-another']
  t.equal(blot('key-of-a-team key-of-another'), 'key-of-a-team [secret]')
  later = []
  t.equal(blot('key-of-another'), 'key-of-another')
})

t.test('every secret of the settings is known, passwords by themselves too', async (t) => {
  const config = loadConfig({
    PORTKEY_API_KEY: 'the-portkey-key',
    API_TOKENS: 'token-one,token-two',
    HTTPS_PROXY: 'http://user:pass%2Fword-of-proxy@proxy:3128',
    REDIS_URL: 'redis://:password-of-redis@cache:6379/0',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20the-collector-key',
  })
  const secrets = secretsOf(config)
  for (const secret of [
    'the-portkey-key',
    'token-one',
    'token-two',
    'pass%2Fword-of-proxy',
    'pass/word-of-proxy',
    Buffer.from('user:pass/word-of-proxy').toString('base64'),
    'password-of-redis',
    'the-collector-key',
  ]) {
    t.ok(secrets.includes(secret), secret)
  }
})

t.test('secrets that are too short are told of at the start, without a word of what they are', async (t) => {
  const said = (env: object) => shortSecrets(loadConfig({ PORTKEY_API_KEY: 'a-long-portkey-key', ...env }))
  t.strictSame(said({ API_TOKENS: 'a-token-of-sixteen,another-token-of-sixteen' }), [])
  t.match(said({ API_TOKENS: 'abc,token-of-12c' }), [
    /^2 of API_TOKENS shorter than 16/,
    /^API_TOKENS holds less than 8/,
  ])
  t.match(said({ API_TOKENS: 'a-token-of-sixteen', REDIS_URL: 'redis://:pw@cache:6379/0' }), [/^REDIS_URL holds less/])
  t.notMatch(said({ API_TOKENS: 'abc,token-of-12c' }).join(), /abc|token-of/)
})
