import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Endpoint, GroupName } from '../../src/portkey/call.js'
import { decode } from '../../src/portkey/decode.js'
import { GRAPHS } from '../../src/portkey/graphs.js'
import { isWireObject } from '../../src/portkey/wire.js'
import { ROOT } from '../fixtures/places.js'

const folder = join(ROOT, 'test/portkey/fixtures')
const text = (name: string) => readFileSync(join(folder, name), 'utf8')

function readManifest() {
  const manifest: unknown = JSON.parse(text('manifest.json'))
  if (!Array.isArray(manifest)) throw new TypeError('the manifest is a list')
  return manifest.filter(isWireObject)
}

const GROUPS: Readonly<Record<GroupName, true>> = {
  users: true,
  'ai-models': true,
  ai_service: true,
  model: true,
  status_code: true,
  api_key: true,
  config: true,
  workspace: true,
  provider: true,
  prompt: true,
}

const isKeyOf = <T extends object>(table: T, name: unknown): name is keyof T =>
  typeof name === 'string' && Object.hasOwn(table, name)

function readEndpoint(value: unknown): Endpoint {
  if (isWireObject(value)) {
    const { kind, name, key } = value
    if (kind === 'graph' && isKeyOf(GRAPHS, name)) return { kind, name }
    if (kind === 'group' && isKeyOf(GROUPS, name)) return { kind, name }
    if (kind === 'summary' && name === 'cache') return { kind, name }
    if (kind === 'metadataGroup' && typeof key === 'string') return { kind, key }
  }
  throw new TypeError(`no endpoint: ${JSON.stringify(value)}`)
}

const manifest = readManifest()

for (const { file, endpoint, provenance, reads } of manifest) {
  t.test(`${file} reads as its figures`, async (t) => {
    t.strictSame(decode(readEndpoint(endpoint), text(String(file))), reads)
    t.match(provenance, /section (Graphs|Summary|Groups)/, 'says where it comes from')
  })
}

t.test('every fixture is in the manifest, every endpoint has a fixture', async (t) => {
  const files = readdirSync(folder).filter((name) => name !== 'manifest.json')
  t.strictSame(manifest.map(({ file }) => file).sort(), files.sort())
  const endpoints = manifest.map(({ endpoint }) => readEndpoint(endpoint))
  const names = (kind: Endpoint['kind']) =>
    [...new Set(endpoints.flatMap((e) => (e.kind === kind && 'name' in e ? [e.name] : [])))].sort()
  t.strictSame(names('graph'), Object.keys(GRAPHS).sort())
  t.strictSame(names('group'), Object.keys(GROUPS).sort())
  t.strictSame(names('summary'), ['cache'])
  t.ok(endpoints.some((e) => e.kind === 'metadataGroup'))
})
