import t from 'tap'
import type { TrafficRow } from '../../src/emulator/emulator.js'
import { short } from '../../src/explorer/figures.js'
import { count, percentile, sum, usd } from '../engine/scan.js'
import { NOW, TOKEN, YESTERDAY } from '../engine/service.js'
import { NO_BROWSER, visit } from './browser.js'
import { serveExplorer } from './served.js'

t.test('a question is built and asked by keyboard alone', { skip: NO_BROWSER }, async (t) => {
  const service = await serveExplorer(t)
  await visit(t, service.url, { now: NOW }, async ({ page, tabTo, settled, cells, text }) => {
    const { keyboard } = page
    const list = page.locator('#filter-0-value-completions')

    await page.locator('#secret:focus').waitFor()
    await keyboard.type(TOKEN)
    await keyboard.press('Enter')
    await page.locator('#datasource:focus').waitFor()

    await tabTo('type-timeseries')
    await keyboard.press('ArrowRight')
    await tabTo('window')
    await keyboard.type('Yes')
    await tabTo('add-figure')
    await keyboard.press('Enter')
    await page.locator('#figure-0-column:focus').waitFor()
    await keyboard.type('cost')
    await tabTo('figure-0-type', 'back')
    await keyboard.type('sum')
    await tabTo('add-figure')
    await keyboard.press('Enter')
    await page.locator('#figure-1-column:focus').waitFor()
    await keyboard.type('lat')
    await tabTo('figure-1-type', 'back')
    await keyboard.type('p99')
    await tabTo('add-group')
    await keyboard.press('Enter')
    await page.locator('#group-0:focus').waitFor()
    t.equal(await page.inputValue('#group-0'), 'modelName')

    await tabTo('add-filter')
    await keyboard.press('Enter')
    await page.locator('#filter-0-field:focus').waitFor()
    await tabTo('filter-0-operator')
    await keyboard.type('is one')
    await page.locator('#filter-0-operator:focus').waitFor()
    await tabTo('filter-0-value')
    await keyboard.type('GPT-4o-m')
    await list.getByRole('option').first().waitFor()
    await keyboard.press('ArrowDown')
    await keyboard.press('Enter')
    t.equal(
      await text('.chips li span'),
      'gpt-4o-mini',
      'completed from the values that there are, whatever their case',
    )
    await keyboard.type('gpt')
    await list.getByRole('option').first().waitFor()
    await keyboard.press('Escape')
    t.notOk(await list.isVisible(), 'Escape closes the completions')
    await keyboard.type('-4o')
    await keyboard.press('Enter')
    t.equal(await page.locator('.chips li').count(), 2, 'Enter takes what was typed')
    await keyboard.press('Enter')
    await settled()

    const MODELS = ['gpt-4o', 'gpt-4o-mini']
    const rows = service.yesterday()
    const of = (model: string): readonly TrafficRow[] => rows.filter((row) => row.model === model)
    const expected = MODELS.map((model) => ({
      model,
      total: count(of(model)) ?? 0,
      cost: sum(usd)(of(model)) ?? 0,
      p99: percentile(0.99)(of(model)) ?? 0,
    })).sort((one, other) => other.total - one.total)
    t.ok(expected.every(({ total }) => total > 10))

    const shown = await cells()
    t.equal(shown.length, 2)
    for (const [at, { model, total, cost, p99 }] of expected.entries()) {
      const [name, ...figures] = shown[at] ?? []
      t.equal(name, model)
      for (const [index, value] of [total, cost, p99].entries()) {
        const got = Number(figures[index])
        t.ok(Math.abs(got - value) <= 1e-9 * value, `${model}: ${got} is ${value}`)
      }
    }
    const bars = await page.locator('.bars li').allInnerTexts()
    const byCost = [...expected].sort((one, other) => other.cost - one.cost)
    t.strictSame(
      bars.map((bar) => bar.split('\n').filter((part) => part !== '')),
      byCost.map(({ model, cost }) => [model, short(cost, 'USD')]),
      'bars of the first figure, the largest first',
    )
    t.match(await text('.report'), /x-cache\s+miss/)
    t.match(await text('.report'), /x-upstream-calls\s+1/)

    await tabTo('tab-table')
    await keyboard.press('ArrowRight')
    await keyboard.press('ArrowRight')
    const question: unknown = JSON.parse(await text('[aria-label="JSON"]'))
    t.strictSame(question, {
      ...YESTERDAY,
      datasource: 'modelMetrics',
      type: 'distribution',
      aggregations: [
        { type: 'sum', column: 'costInUSD' },
        { type: 'p99', column: 'latencyMs' },
      ],
      groupBy: ['modelName'],
      filters: [{ fieldName: 'modelName', operator: 'IN', value: ['gpt-4o-mini', 'gpt-4o'] }],
    })
    const curl = await text('[aria-label="curl"]')
    t.match(curl, /authorization: Bearer \$TOKEN/)
    const everything = String(await page.evaluate('document.documentElement.outerHTML + location.href'))
    t.notOk(everything.includes(TOKEN), 'the token is nowhere in the page')
    t.equal(await page.evaluate('localStorage.length + sessionStorage.length + document.cookie.length'), 0)
  })
})
