import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FormatRegistry, TypeRegistry } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { CATALOG } from '../../src/catalog/catalog.js'
import { parseQuery } from '../../src/query/parse.js'
import { QueryBody } from '../../src/query/schema.js'
import { FIXTURES } from '../fixtures/places.js'

FormatRegistry.Set('date-time', (text) => !Number.isNaN(Date.parse(text)))
// Words of a closed set are plain JSON Schema, which TypeBox checks only when told how.
TypeRegistry.Set<{ readonly enum: readonly string[] }>('Unsafe', (schema, value) =>
  schema.enum.some((word) => word === value),
)

const lines = readFileSync(join(FIXTURES, 'metrics-dsl-examples.jsonl'), 'utf8')
const examples = lines
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line))

t.ok(examples.length > 70, 'there are published requests')
for (const { name, request } of examples) {
  t.test(`published request ${name}`, async (t) => {
    const query = parseQuery(request, CATALOG)
    t.equal(query.datasource, request.datasource)
    t.equal(query.type, request.type)
    t.equal(query.window.start, Date.parse(request.startTs))
    t.equal(query.window.end, Date.parse(request.endTs))
    t.equal(query.groupBy.length, request.groupBy?.length ?? 0)
    t.equal(query.filters.length, request.filters?.length ?? 0)
    t.same(
      query.aggregations.map((aggregation) => aggregation.type),
      (request.aggregations ?? []).map((aggregation: { type: string }) => aggregation.type),
    )
    t.ok(Value.Check(QueryBody, request), 'the documented schema takes it')
  })
}

t.test('the documented schema refuses wrong shapes', async (t) => {
  const wrong = [{}, [], null, { ...examples[0].request, unknown: 1 }, { ...examples[0].request, type: 'table' }]
  for (const body of wrong) t.notOk(Value.Check(QueryBody, body))
})
