import t from 'tap'
import { loadConfig } from '../../src/config.js'
import { BODY_LIMIT } from '../../src/http/body.js'
import { amount, deployed } from './files.js'

const text = deployed('nginx.conf')
const settings = Object.fromEntries(
  [...text.matchAll(/\b(BASE_PATH|TRUST_PROXY)=([^\s,]+)/g)].map(([, n, v]) => [n, v]),
)
const directive = (name: string): string => new RegExp(`^\\s*${name} ([^;]+);`, 'm').exec(text)?.[1] ?? ''

t.test('the settings that the example names are good ones, and it passes on what they expect', async (t) => {
  const config = loadConfig({ PORTKEY_API_KEY: 'k', API_TOKENS: 't', ...settings })
  t.strictSame(config.trustProxy, ['127.0.0.1'])
  t.match(text, `location ${settings.BASE_PATH}/ {`)
  t.match(text, `location = ${settings.BASE_PATH} {`)
  t.match(text, /proxy_pass http:\/\/portkey_metrics;/)
  t.notMatch(text, /proxy_pass [^;]*portkey_metrics\//, 'the path is not replaced')
  t.match(text, /proxy_set_header X-Forwarded-For \$remote_addr;/, 'a claim is not passed on')
  t.match(text, `server 127.0.0.1:${config.port};`)
})

t.test('it waits longer and takes more than the service, so that the service refuses in its own words', async (t) => {
  const { requestTimeoutMs } = loadConfig({ PORTKEY_API_KEY: 'k', API_TOKENS: 't' })
  t.ok(amount(directive('proxy_read_timeout')) > requestTimeoutMs)
  t.ok(amount(directive('client_max_body_size')) > BODY_LIMIT)
})

t.test('what is for the scraper, and what is elsewhere, is closed', async (t) => {
  t.match(text, new RegExp(`location = ${settings.BASE_PATH}/metrics \\{\\s*return 404;`))
  t.match(text, /location \/ \{\s*return 404;/)
})
