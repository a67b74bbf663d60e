import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseAllDocuments } from 'yaml'
import { loadConfig } from '../../src/config.js'
import { openTeams } from '../../src/teams/teams.js'
import { ROOT } from '../fixtures/places.js'
import { deployed } from './files.js'

/** Fills an example in: a digest for every placeholder. */
const filledIn = (text: string): string => {
  let count = 0
  return text.replace(/FILL-IN[A-Z-]*/g, () => {
    count += 1
    return createHash('sha256').update(`token-${count}`).digest('hex')
  })
}

const inSecret = parseAllDocuments(deployed('kubernetes/secret.example.yaml'))
  .map((document) => document.toJS())
  .map(({ stringData }) => stringData['tokens.json'])
  .find((text) => text !== undefined)

for (const [where, text] of Object.entries({ 'tokens.example.json': deployed('tokens.example.json'), inSecret })) {
  t.test(`${where}: once filled in, it is a good file of tokens`, async (t) => {
    const file = join(t.testdir({ 'tokens.json': filledIn(text) }), 'tokens.json')
    const teams = openTeams(loadConfig({ PORTKEY_API_KEY: 'k', TOKENS_FILE: file }))
    t.teardown(() => teams.close())
    t.equal(teams.find('token-1')?.name, 'grafana')
    t.equal(teams.find('token-3'), undefined)
  })
}

t.test('README’s way to make a token and its digest is the service’s', async (t) => {
  const block = /```sh\n(token=[\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1] ?? ''
  const output = execFileSync('sh', ['-c', block], { encoding: 'utf8' })
  const [, token = '', digest = ''] = /^token +(\S+)\nsha256 +(\S+)\n$/.exec(output) ?? []
  t.match(token, /^[0-9a-f]{48}$/)
  t.equal(digest, createHash('sha256').update(token).digest('hex'))
})
