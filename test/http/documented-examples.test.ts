import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { recent } from '../../src/http/docs-held.js'
import { deploy, TOKEN } from '../engine/service.js'
import { ROOT } from '../fixtures/places.js'

/** Shortly after the days that the documents ask about. */
const NOW = Date.parse('2026-04-28T12:34:56.000Z')

const document: unknown = parse(readFileSync(join(ROOT, 'openapi.yaml'), 'utf8'))

type Sample = { readonly name: string; readonly method: string; readonly path: string; readonly body: string | null }

const member = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null
        ? new Map<string, unknown>(Object.entries(found)).get(key)
        : undefined,
    value,
  )
const entries = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : []
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Every route with each of its examples; where it has none, with what it needs at least. */
const samplesOf = (document: unknown): readonly Sample[] =>
  entries(member(document, 'paths')).flatMap(([path, methods]) =>
    entries(methods).flatMap(([method, operation]): readonly Sample[] => {
      const query = list(member(operation, 'parameters'))
        .filter((parameter) => member(parameter, 'in') === 'query' && member(parameter, 'required') === true)
        .map((parameter): [string, string] => [String(member(parameter, 'name')), String(exampleOf(parameter))])
      const target = {
        method: method.toUpperCase(),
        path: query.length === 0 ? path : `${path}?${new URLSearchParams(query)}`,
      }
      const name = `${target.method} ${target.path}`
      if (target.method === 'GET') return [{ ...target, name, body: null }]
      const examples = entries(member(operation, 'requestBody', 'content', 'application/json', 'examples'))
      if (examples.length === 0) return [{ ...target, name, body: '{}' }]
      return examples.map(([key, example]) => ({
        ...target,
        name: `${name}: ${key}`,
        body: JSON.stringify(member(example, 'value')),
      }))
    }),
  )

/** A value for a parameter: its own example, else the first that it takes. */
const exampleOf = (parameter: unknown): unknown =>
  member(parameter, 'example') ??
  list(member(parameter, 'schema', 'examples'))[0] ??
  list(member(parameter, 'schema', 'enum'))[0]

const send = (url: string, { method, path, body }: Sample): Promise<Response> =>
  fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, ...(body !== null && { 'content-type': 'application/json' }) },
    ...(body !== null && { body }),
  })

t.test('every example of openapi.yaml gets what it says there', async (t) => {
  const service = await deploy(t, { now: NOW, historyDays: 20 })
  const samples = samplesOf(document)
  t.ok(samples.filter(({ body }) => body !== null && body !== '{}').length >= 12)
  for (const sample of samples) {
    const reply = await send(service.url, sample)
    const text = await reply.text()
    t.equal(reply.status, 200, `${sample.name} ${reply.status === 200 ? '' : text}`)
    if (sample.body?.includes('"startTs"')) t.match(text, /"total":[1-9]/, `${sample.name}: there is data`)
  }
})

t.test('the examples that /docs shows ask about days that have just been', async (t) => {
  const service = await deploy(t, { now: NOW + 90 * 86_400_000, historyDays: 20 })
  const reply = await fetch(`${service.url}/docs/json`)
  const shown = samplesOf(await reply.json())
  t.strictSame(
    shown.map(({ name }) => name),
    samplesOf(document).map(({ name }) => name),
  )
  for (const sample of shown.filter(({ path }) => path === '/v1/metrics/query')) {
    t.match(await (await send(service.url, sample)).text(), /"total":[1-9]/, `${sample.name}: there is data`)
  }
})

t.test('a window moves by whole days, and all else stays', async (t) => {
  const body = { startTs: '2026-04-20T00:00:00.000Z', endTs: '2026-04-27T00:00:00.000Z', limit: 1 }
  const moved = recent({ a: [{ value: body }], b: { startTs: 'no time' } }, Date.parse('2026-05-02T13:00:00Z'))
  const day = { from: '2026-04-20T06:00:00.000Z', to: '2026-04-21T06:00:00.000Z' }
  t.match(recent({ range: { ...day, raw: { from: 'now-1d', to: 'now' } } }, Date.parse('2026-05-02T13:00:00Z')), {
    range: { from: '2026-05-01T06:00:00.000Z', to: '2026-05-02T06:00:00.000Z', raw: { from: 'now-1d' } },
  })
  t.strictSame(moved, {
    a: [{ value: { startTs: '2026-04-25T00:00:00.000Z', endTs: '2026-05-02T00:00:00.000Z', limit: 1 } }],
    b: { startTs: 'no time' },
  })
})
