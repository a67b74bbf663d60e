import t from 'tap'
import { byValue, countOf, distinctOf, type Figures, outputTokens, sameRows, sum } from './scan.js'
import { deploy, YESTERDAY } from './service.js'

const user = (row: { readonly metadata: Readonly<Record<string, string>> }) => row.metadata._user ?? null

const WINDOWS = {
  'a day': YESTERDAY,
  'sixteen hours': { startTs: '2026-06-09T03:00:00.017Z', endTs: '2026-06-09T19:00:00.000Z' },
}

const CASES: readonly { readonly aggregations: readonly object[]; readonly figures: Figures }[] = [
  { aggregations: [{ type: 'count', column: 'userEmail' }], figures: { countUserEmail: countOf(user) } },
  {
    aggregations: [{ type: 'countDistinct', column: 'userEmail' }],
    figures: { countDistinctUserEmail: distinctOf(user) },
  },
  {
    aggregations: [
      { type: 'count', column: 'userEmail' },
      { type: 'sum', column: 'outputTokens' },
    ],
    figures: { countUserEmail: countOf(user), sumOutputTokens: sum(outputTokens) },
  },
]

const FILTERS = [
  { fieldName: 'providerAccountType', operator: 'NOT_EQUAL', value: 'openai' },
  { fieldName: 'providerAccountType', operator: 'NOT_IN', value: ['openai', 'anthropic'] },
]

t.test('requests without a model have a provider all the same: by model, less one provider', async (t) => {
  const deployed = await deploy(t, { nullModelShare: 0.1 })
  for (const [window, times] of Object.entries(WINDOWS)) {
    for (const filter of FILTERS) {
      const out = [filter.value].flat()
      const rows = deployed.seen(times).filter(({ service }) => !out.includes(service))
      for (const { aggregations, figures } of CASES) {
        const name = `${Object.keys(figures).join(', ')} of ${window} without ${out.join(', ')}`
        const want = byValue(rows, 'modelName', ({ model }) => model, figures)
        t.ok(
          want.some((row) => row.modelName === null),
          `${name}: some have no model`,
        )
        const asked = await deployed.ask({ ...times, groupBy: ['modelName'], aggregations, filters: [filter] })
        t.equal(asked.status, 200, `${name}: ${asked.code} ${asked.message}`)
        sameRows(t, asked.rows, want, name)
      }
    }
  }
})
