import t from 'tap'
import { addressOf } from '../../src/explorer/address.js'
import { readLink } from '../../src/explorer/link.js'
import { type Draft, FIRST_DRAFT } from '../../src/explorer/question.js'

const DRAFT: Draft = {
  ...FIRST_DRAFT,
  aggregations: [{ type: 'sum', column: 'costInUSD' }],
  groupBy: ['team'],
  filters: [{ field: 'modelName', operator: 'IN', value: ['a', 'b'] }],
  limit: '5',
  timeZone: 'Europe/Berlin',
}
const LINK = addressOf(DRAFT)

/** The link with one of its parts as it should not be; all else stays. */
const damaged = (name: string, value: string | null): string => {
  const parts = new URLSearchParams(LINK)
  parts.delete(name)
  if (value !== null) parts.append(name, value)
  return parts.toString()
}

t.test('a link of which a part cannot be read says which, and has all the others', async (t) => {
  const cases: readonly (readonly [string, RegExp, Partial<Draft>])[] = [
    [damaged('filter', '['), /^filter “\["?”/, { filters: [] }],
    [damaged('filter', '["modelName","IN"]'), /^filter/, { filters: [] }],
    [damaged('filter', '["modelName","IN",["a",{}]]'), /^filter/, { filters: [] }],
    [damaged('filter', '["inputTokens","EQUAL",1e999]'), /^filter/, { filters: [] }],
    [damaged('filter', '[7,"EQUAL",1]'), /^filter/, { filters: [] }],
    [damaged('show', 'sum'), /^show “sum”/, { aggregations: [] }],
    [damaged('type', 'distributed'), /^type “distributed”: it is timeseries or distribution/, {}],
    [damaged('type', null), /^type is missing/, {}],
    [damaged('datasource', null), /^datasource is missing/, {}],
    [damaged('last', null), /^Its window is missing/, {}],
    [damaged('last', '25h'), /^last “25h”/, {}],
    [damaged('interval', null), /^interval is missing/, {}],
    [`${damaged('last', null)}&start=2026-06-09T00:00:00.000Z`, /start without end/, {}],
    [
      `${LINK}&start=2026-06-09T00:00:00.000Z&end=2026-06-10T00:00:00.000Z`,
      /last stands beside start/,
      {
        span: { kind: 'exact', startTs: '2026-06-09T00:00:00.000Z', endTs: '2026-06-10T00:00:00.000Z' },
      },
    ],
    [`${LINK}&limit=6`, /^limit stands there 2 times: 5 was taken/, {}],
    [`${LINK}&fliter=x`, /“fliter” is no part of a question/, {}],
    [`${LINK}&by=%E0%A4`, /no escapes of UTF-8/, { groupBy: ['team', '\uFFFD'] }],
  ]
  for (const [link, fault, others] of cases) {
    const read = readLink(`#${link}`)
    t.strictSame(read?.draft, { ...DRAFT, ...others }, link)
    t.equal(read?.faults.length, 1, link)
    t.match(read?.faults[0], fault, link)
  }
})

t.test('an address without anything is no link; one of anything else is', async (t) => {
  t.equal(readLink(''), null)
  t.equal(readLink('#'), null)
  t.match(readLink('#top')?.faults, [/“top” is no part/, /datasource is missing/])
})
