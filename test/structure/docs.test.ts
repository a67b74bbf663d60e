import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { CATALOG } from '../../src/catalog/catalog.js'
import { renderOpenapi, renderReadme } from '../../src/docs.js'
import { ERROR_CODES } from '../../src/errors.js'
import { QUESTION_EXAMPLES } from '../../src/http/question-examples.js'
import { parseQuery } from '../../src/query/parse.js'
import { ROOT } from '../fixtures/places.js'

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8')

t.test('README’s tables are those of the code (else: npm run docs)', async (t) => {
  const readme = read('README.md')
  t.equal(await renderReadme(readme, read('test/fixtures/metrics-dsl-examples.jsonl')), readme)
})

t.test('openapi.yaml is that of the code (else: npm run docs)', async (t) => {
  t.equal(await renderOpenapi(), read('openapi.yaml'))
})

t.test('openapi.yaml lists both question paths, every code and every example', async (t) => {
  const document = parse(read('openapi.yaml'))
  for (const path of ['/v1/metrics/query', '/api/svc/v1/llm-gateway/metrics/query']) {
    const { requestBody, responses } = document.paths[path].post
    t.strictSame(Object.keys(requestBody.content['application/json'].examples), Object.keys(QUESTION_EXAMPLES))
    for (const [code, { status }] of Object.entries(ERROR_CODES)) {
      const { schema } = responses[status].content['application/json']
      t.ok(schema.properties.code.enum.includes(code), `${path} ${code}`)
    }
  }
})

t.test('every documented example is a question', async (t) => {
  for (const [name, { value }] of Object.entries(QUESTION_EXAMPLES))
    t.doesNotThrow(() => parseQuery(value, CATALOG), name)
})
