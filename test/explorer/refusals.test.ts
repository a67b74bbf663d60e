import t from 'tap'
import type { Draft } from '../../src/explorer/question.js'
import { NO_BROWSER, visit } from './browser.js'
import { asking, BY_MODEL, HOURLY } from './drafts.js'
import { serveExplorer } from './served.js'

const skip = { skip: NO_BROWSER }
const OPEN = { AUTH_MODE: 'none' }

t.test('faults of a question stand where they are', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  const faulty: Draft = {
    ...HOURLY,
    interval: '1 fortnight',
    groupBy: ['colour'],
    filters: [{ field: 'inputTokens', operator: 'BETWEEN', value: [1] }],
  }
  await visit(t, asking(service.url, faulty), {}, async ({ page, text, settled }) => {
    await settled()
    t.match(
      await text('.refusal'),
      /The question has a fault[\s\S]*3 of its parts are marked[\s\S]*400 VALIDATION_FAILED/,
    )
    await page.getByRole('button', { name: 'Go to the first' }).click()
    t.equal(await page.evaluate('document.activeElement.id'), 'interval')
    t.match(await text('.field:has(#interval) .fault'), /fortnight/)
    t.match(await text('li:has(#group-0) .fault'), /modelMetrics has no field "colour"/)
    t.match(await text('li:has(#filter-0-field) .fault'), /BETWEEN/)
    t.equal(await page.getAttribute('#interval', 'aria-invalid'), 'true')
    await page.fill('#interval', '1 hour')
    await page.selectOption('#group-0', 'modelName')
    await page.fill('#filter-0-value-most', '5000')
    await page.press('#filter-0-value-most', 'Enter')
    await page.locator('.tabs').waitFor()
    t.equal(await page.locator('.fault, [aria-invalid]').count(), 0, 'they go when they are mended')
  })
})

t.test('what Portkey cannot answer, and when it cannot answer now, reads well', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  const impossible: Draft = { ...BY_MODEL, aggregations: [{ type: 'p75', column: 'latencyMs' }] }
  await visit(t, asking(service.url, impossible), {}, async ({ page, text, settled }) => {
    await settled()
    t.match(await text('.refusal'), /Portkey cannot answer this exactly[\s\S]*marked[\s\S]*422 UNSUPPORTED_BY_UPSTREAM/)
    t.match(await text('li:has(#figure-0-type) .fault'), /p75/)
    t.notMatch(await text('.refusal'), /p75/, 'it is said once')
    await page.getByRole('button', { name: 'Go to it' }).click()
    t.equal(await page.evaluate('document.activeElement.id'), 'figure-0-type')
    const body = { code: 'UPSTREAM_RATE_LIMITED', message: 'Portkey limits the rate of calls.' }
    const route = '**/v1/metrics/query'
    await page.route(route, (one) => one.fulfill({ status: 503, headers: { 'retry-after': '7' }, json: body }))
    await page.click('#ask')
    await page.locator('.refusal', { hasText: 'Not now' }).waitFor()
    t.match(await text('.refusal'), /come back in 7 seconds[\s\S]*503 UPSTREAM_RATE_LIMITED/)
    await page.unroute(route)
    await page.route(route, (one) => one.abort())
    await page.click('.refusal button')
    await page.locator('.refusal', { hasText: 'No reply' }).waitFor()
  })
})

t.test('a long list of names is folded where it is said', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  await visit(t, asking(service.url, { ...HOURLY, groupBy: ['colour'] }), {}, async ({ page, text, settled }) => {
    await settled()
    const whole = 'li:has(#group-0) .fault'
    t.match(await text(`${whole} summary`), /modelMetrics has no field "colour"/)
    const folded = await page.locator(whole).boundingBox()
    await page.locator(`${whole} summary`).press('Enter')
    t.match(await text(whole), /virtualModelName/)
    t.ok(((await page.locator(whole).boundingBox())?.height ?? 0) > (folded?.height ?? 0))
  })
})
