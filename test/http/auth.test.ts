import t from 'tap'
import type { Principal } from '../../src/engine.js'
import { ServiceError } from '../../src/errors.js'
import { entry, sha256, tokensFile } from '../teams/file.js'
import { engine, errorOf, forbiddenEngine, KEY, QUESTION, REPLY, raw, serve, TOKEN } from './harness.js'

/** An engine that notes who asked. */
const listening = () => {
  const seen: Principal[] = []
  return {
    seen,
    engine: engine({
      ask: async (_query, principal) => {
        seen.push(principal)
        return REPLY
      },
    }),
  }
}

t.test('token mode: without a known token nothing is asked', async (t) => {
  const service = await serve(t, { engine: forbiddenEngine(t) })
  const refused: readonly string[] = [
    '',
    'Bearer',
    'Bearer ',
    `Basic ${TOKEN}`,
    TOKEN,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer ${TOKEN.toUpperCase()}`,
    `Bearer ${TOKEN} ${TOKEN}`,
    `Bearer ${TOKEN},${TOKEN}`,
    `Bearer "${TOKEN}"`,
    `Bearer ${KEY}`,
  ]
  for (const authorization of refused) {
    const reply = await service.ask({ headers: { authorization } })
    t.equal(reply.headers.get('www-authenticate'), 'Bearer', authorization)
    await errorOf(t, reply, 401, 'UNAUTHENTICATED', authorization)
  }
  const body = JSON.stringify(QUESTION)
  const head = `POST /v1/metrics/query HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`
  const twice = `authorization: Bearer ${TOKEN}\r\nAuthorization: Bearer other-token-00001\r\n`
  t.match(await raw(service.port, `${head}${twice}\r\n${body}`), /^HTTP\/1.1 401 /, 'two headers name nobody')
  t.match(await raw(service.port, `${head}\r\n${body}`), /^HTTP\/1.1 401 /, 'no header at all')
  t.equal(
    (await service.ask({ headers: { authorization: '' }, body: '{' })).status,
    401,
    'before the body is looked at',
  )
})

/** Texts that are nobody's token, however near they come to one. */
const unknownTokens: Readonly<Record<string, string>> = {
  'as long': 'x'.repeat(TOKEN.length),
  'all but the last character': `${TOKEN.slice(0, -1)}x`,
  'all but the first character': `x${TOKEN.slice(1)}`,
  'another letter case': TOKEN.toUpperCase(),
  'a prefix': TOKEN.slice(0, -1),
  'one character': TOKEN.slice(0, 1),
  'the token and more': `${TOKEN}x`,
  'the token twice': TOKEN + TOKEN,
  '8 KB': 'x'.repeat(8_192),
  '8 KB that begin with it': TOKEN.padEnd(8_192, 'x'),
  'its digest': sha256(TOKEN),
  'the digest of nothing': sha256(''),
  'the Portkey key': KEY,
  'a prototype': '__proto__',
  'its constructor': 'constructor',
  'one of its methods': 'hasOwnProperty',
  'a name': 'token-1',
}

/** Values of the header, a line each, that hold no token at all. */
const noTokens: Readonly<Record<string, readonly string[]>> = {
  'no header': [],
  'an empty one': [''],
  'the scheme alone': ['Bearer'],
  'an empty token': ['Bearer '],
  'another scheme': [`Basic ${TOKEN}`],
  'no scheme': [TOKEN],
  'non-ASCII': [`Bearer ${TOKEN.slice(0, -1)}\u00e9`],
  'non-ASCII of another plane': [`Bearer ${TOKEN}\u{1f511}`],
  'the token and a blank': [`Bearer ${TOKEN} x`],
  'the header twice': [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`],
  'the header twice, once wrong': [`Bearer ${TOKEN}`, 'Bearer other-token-00001'],
  'the header twice, once empty': ['', `Bearer ${TOKEN}`],
}

t.test('no refusal tells how near a token came', async (t) => {
  const file = tokensFile(t, [entry(TOKEN), entry('other-token-00001', { requestsPerMinute: 1 })])
  const ways = {
    API_TOKENS: { API_TOKENS: `${TOKEN},other-token-00001` },
    TOKENS_FILE: { API_TOKENS: '', TOKENS_FILE: file.path },
  }
  const bodies: string[][] = []
  for (const [way, env] of Object.entries(ways)) {
    const service = await serve(t, { engine: forbiddenEngine(t), env })
    const refusalOf = async (lines: readonly string[]) => {
      const body = JSON.stringify(QUESTION)
      const head = ['POST /v1/metrics/query HTTP/1.1', 'host: a', 'connection: close', 'content-type: application/json']
      const all = [
        ...head,
        ...lines.map((line) => `authorization: ${line}`),
        `content-length: ${body.length}`,
        '',
        body,
      ]
      const [said = '', ...rest] = (await raw(service.port, all.join('\r\n'))).split('\r\n\r\n')
      // What differs between any two replies.
      const headers = said.split('\r\n').filter((line) => !/^(date|x-request-id|server-timing):/i.test(line))
      return { status: headers[0], headers, body: rest.join('\r\n\r\n') }
    }
    const kinds = {
      unknown: Object.entries(unknownTokens).map(([name, token]) => [name, [`Bearer ${token}`]] as const),
      none: Object.entries(noTokens),
    }
    for (const [kind, cases] of Object.entries(kinds)) {
      const first = await refusalOf(cases[0]?.[1] ?? [])
      for (const [name, lines] of cases) {
        const refusal = await refusalOf(lines)
        t.equal(refusal.status, 'HTTP/1.1 401 Unauthorized', `${way}: ${name}`)
        t.strictSame(refusal, first, `${way}: ${name}: as every other of its kind`)
      }
      bodies.push([kind, first.body])
    }
    t.notOk(
      service.logs.some((line) => JSON.stringify(line).includes(TOKEN)),
      `${way}: nor does the log`,
    )
  }
  t.equal(new Set(bodies.map((body) => body.join())).size, 2, 'nor where the tokens are configured')
})

t.test('token mode: every configured token is good, in any letter case of the scheme', async (t) => {
  const { seen, engine } = listening()
  const service = await serve(t, {
    engine,
    env: { API_TOKENS: `first-token-00001,${TOKEN}`, PORTKEY_WORKSPACE_SLUG: 'main' },
  })
  for (const authorization of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `BEARER   ${TOKEN}`, 'Bearer first-token-00001']) {
    t.equal((await service.ask({ headers: { authorization } })).status, 200, authorization)
  }
  t.strictSame(
    seen.map(({ name }) => name),
    ['token-2', 'token-2', 'token-2', 'token-1'],
  )
  t.strictSame(
    new Set(seen.map(({ upstreamKey, workspace }) => `${upstreamKey} ${workspace}`)),
    new Set([`${KEY} main`]),
  )
  t.equal(new Set(seen.map(({ scope }) => scope)).size, 1, 'one key, one workspace: one scope')
  t.match(seen[0]?.scope, /^[0-9a-f]{64}$/)
})

t.test('passthrough mode: the caller’s key asks, and each key is a scope of its own', async (t) => {
  const { seen, engine } = listening()
  const service = await serve(t, { engine, env: { AUTH_MODE: 'passthrough' } })
  for (const key of ['caller-key-1', 'caller-key-2', 'caller-key-1']) {
    t.equal((await service.ask({ headers: { 'x-portkey-api-key': key } })).status, 200, key)
  }
  t.strictSame(
    seen.map(({ upstreamKey }) => upstreamKey),
    ['caller-key-1', 'caller-key-2', 'caller-key-1'],
  )
  t.not(seen[0]?.scope, seen[1]?.scope)
  t.equal(seen[0]?.scope, seen[2]?.scope)
  t.notOk(
    JSON.stringify(seen.map(({ scope, name }) => [scope, name])).includes('caller-key'),
    'which do not show the key',
  )
})

t.test('passthrough mode: no key, or one that Portkey refuses, is the caller’s 401', async (t) => {
  const refusing = engine({
    ask: async () => {
      throw new ServiceError('UPSTREAM_UNAUTHORIZED', 'Portkey refused the key.')
    },
  })
  const service = await serve(t, { engine: refusing, env: { AUTH_MODE: 'passthrough' } })
  await errorOf(t, await service.ask(), 401, 'UNAUTHENTICATED', 'no key')
  await errorOf(t, await service.ask({ headers: { 'x-portkey-api-key': 'a b' } }), 401, 'UNAUTHENTICATED', 'two words')
  const reply = await service.ask({ headers: { 'x-portkey-api-key': 'bad-key' } })
  t.equal(reply.headers.get('www-authenticate'), 'Bearer')
  await errorOf(t, reply, 401, 'UNAUTHENTICATED', 'refused upstream')
})

t.test('token mode: a key that Portkey refuses is the operator’s fault', async (t) => {
  const refusing = engine({
    ask: async () => {
      throw new ServiceError('UPSTREAM_UNAUTHORIZED', 'Portkey refused the configured key.')
    },
  })
  const service = await serve(t, { engine: refusing })
  await errorOf(t, await service.ask(), 502, 'UPSTREAM_UNAUTHORIZED')
})

t.test('none mode: anyone may ask', async (t) => {
  const service = await serve(t, { env: { AUTH_MODE: 'none' } })
  t.equal((await service.ask({ headers: { authorization: '' } })).status, 200)
})

t.test('health is open', async (t) => {
  const service = await serve(t)
  for (const path of ['/healthz', '/readyz', '/version']) t.equal((await fetch(service.url + path)).status, 200, path)
})
