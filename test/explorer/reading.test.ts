import t from 'tap'
import type { Draft } from '../../src/explorer/question.js'
import { TOKEN, YESTERDAY } from '../engine/service.js'
import { NO_BROWSER, visit } from './browser.js'
import { asking, HOURLY } from './drafts.js'
import { serveExplorer } from './served.js'

const skip = { skip: NO_BROWSER }
const OPEN = { AUTH_MODE: 'none' }

t.test('table and chart show the clock that was asked for, blanks around its name or not', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  const draft: Draft = { ...HOURLY, timeZone: ' Europe/Berlin ' }
  await visit(t, asking(service.url, draft), {}, async ({ page, text, settled }) => {
    await settled()
    t.match(await text('figcaption'), /in buckets of 1 hour, Europe\/Berlin$/)
    t.ok(await page.locator('.u-over').isVisible())
    t.equal(await text('.count'), '24 rows; times in Europe/Berlin')
    t.equal(await text('.scroll tbody tr:first-child td:first-child'), '2026-06-09 02:00 +02:00')
    const over = await page.locator('.u-over').boundingBox()
    if (over === null) throw new Error('there is no plot')
    await page.mouse.move(over.x + over.width / 2, over.y + over.height / 2)
    await page.locator('.u-legend .u-value', { hasText: '2026-06-09 14:00' }).waitFor()
    await page.getByRole('button', { name: 'Exact values' }).press('Enter')
    t.equal(await text('.scroll tbody tr:first-child td:first-child'), YESTERDAY.startTs)
  })
})

t.test('what cannot be drawn says so, beside the table that has the numbers', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  await visit(t, asking(service.url, HOURLY), {}, async ({ page, text, cells, settled }) => {
    await settled()
    await page.evaluate('uPlot.fmtDate = () => { throw new RangeError("no such clock") }')
    await page.click('#ask')
    await page.locator('.chart .fault').waitFor()
    t.match(await text('.chart .fault'), /RangeError: no such clock/)
    t.ok((await cells()).length > 0)
  })
})

t.test('money too small for six decimals is not 0, and every exact value is a key away', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  const rows = [
    { modelName: 'a', total: 1, sumCostInUSD: 0.000_000_123_456_789 },
    { modelName: 'b', total: 1, sumCostInUSD: 12.345_678_912 },
  ]
  const draft: Draft = { ...HOURLY, type: 'distribution', groupBy: ['modelName'] }
  await visit(t, service.url, {}, async ({ page, text, settled }) => {
    await page.route('**/v1/metrics/query', (route) => route.fulfill({ json: { data: { dataPoints: rows } } }))
    await page.goto(asking(service.url, draft))
    await settled()
    t.equal(await text('.scroll td:nth-child(3)'), '0.000000123457\n12.345679')
    const exact = page.getByRole('button', { name: 'Exact values' })
    await exact.press('Enter')
    t.equal(await exact.getAttribute('aria-pressed'), 'true')
    t.equal(await text('.scroll td:nth-child(3)'), '1.23456789e-7\n12.345678912')
  })
})

t.test('a part of a plan that may not be run says when it is', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  await visit(t, asking(service.url, HOURLY), {}, async ({ page, text, settled }) => {
    await settled()
    const part = {
      op: 'call',
      as: 'check',
      does: 'asks',
      when: 'if the listing is empty',
      exactness: 'exact',
      parts: [],
    }
    await page.route('**/query?explain=true', (route) => route.fulfill({ json: { estimatedCalls: 1, plan: part } }))
    await page.click('#tab-plan')
    await page.locator('.plan').waitFor()
    t.equal(await text('.plan .role'), 'check, only if the listing is empty')
  })
})

t.test('a line is taken out of sight by keyboard, and put back', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  await visit(t, asking(service.url, { ...HOURLY, groupBy: ['modelName'] }), {}, async ({ page, settled }) => {
    await settled()
    const line = page.getByRole('button', { name: 'gpt-4o-mini', exact: true })
    t.equal(await line.getAttribute('aria-pressed'), 'true')
    const isDrawn = () => page.locator('.u-series.u-off', { has: line }).count()
    await line.press('Enter')
    t.equal(await line.getAttribute('aria-pressed'), 'false')
    t.equal(await isDrawn(), 1)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.locator('.u-legend button[aria-pressed="false"]').waitFor()
    t.equal(await isDrawn(), 1, 'it stays so in another scheme')
    await line.press('Space')
    t.equal(await line.getAttribute('aria-pressed'), 'true')
    t.equal(await isDrawn(), 0)
  })
})

t.test('Stop leaves the focus at Ask, and says that the reply shown is the one before', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  await visit(t, asking(service.url, HOURLY), {}, async ({ page, text, settled }) => {
    await settled()
    await page.route('**/v1/metrics/query', () => undefined)
    await page.click('#ask')
    await page.locator('#stop').focus()
    await page.keyboard.press('Enter')
    t.equal(await page.evaluate('document.activeElement.id'), 'ask')
    t.equal(await text('.status'), 'Stopped. What is shown is the reply before it.')
    t.ok(await page.locator('.tabs').isVisible())
  })
})

t.test('a credential that is forgotten takes what it showed with it', skip, async (t) => {
  const service = await serveExplorer(t)
  await visit(t, asking(service.url, HOURLY), {}, async ({ page, text, settled }) => {
    await page.fill('#secret', TOKEN)
    await page.keyboard.press('Enter')
    await settled()
    await page.click('#forget')
    t.equal(await page.locator('.tabs, .chart, .report').count(), 0)
    t.match(await text('#results'), /What was shown went with the credential/)
    t.match(await text('#sign-in-message'), /^The token is forgotten, and what it showed is cleared/)
    t.equal(await page.evaluate('document.activeElement.id'), 'secret')
    await page.fill('#secret', TOKEN)
    await page.keyboard.press('Enter')
    await page.locator('.tabs').waitFor()
  })
})
