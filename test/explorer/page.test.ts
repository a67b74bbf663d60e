import t from 'tap'
import { short } from '../../src/explorer/figures.js'
import { type Draft, FIRST_DRAFT } from '../../src/explorer/question.js'
import { sum, usd } from '../engine/scan.js'
import { HOUR, NOW, TOKEN, YESTERDAY } from '../engine/service.js'
import { NO_BROWSER, type Visit, visit } from './browser.js'
import { asking, BY_MODEL, HOURLY } from './drafts.js'
import { serveExplorer } from './served.js'

const skip = { skip: NO_BROWSER }
const OPEN = { AUTH_MODE: 'none' }

/** The question that was asked, as the page shows it. */
const asked = async ({ page, text, settled }: Visit): Promise<unknown> => {
  await settled()
  await page.click('#tab-question')
  return JSON.parse(await text('[aria-label="JSON"]'))
}

t.test('a link opens its question: chart and table show every hour as it was', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  await visit(t, asking(service.url, HOURLY), {}, async ({ page, settled, cells, text }) => {
    await settled()
    const rows = await cells()
    t.equal(rows.length, 24)
    const cost = (hour: number): number => {
      const start = Date.parse(YESTERDAY.startTs) + hour * HOUR
      return sum(usd)(service.yesterday().filter(({ at }) => at >= start && at < start + HOUR)) ?? 0
    }
    for (const [hour, [start, , , shown]] of rows.entries()) {
      t.equal(start, new Date(Date.parse(YESTERDAY.startTs) + hour * HOUR).toISOString())
      t.ok(Math.abs(Number(shown) - cost(hour)) <= 1e-9, `hour ${hour}: ${shown} is ${cost(hour)}`)
    }
    const over = await page.locator('.u-over').boundingBox()
    if (over === null) throw new Error('there is no plot')
    for (const hour of [3, 12, 20]) {
      await page.mouse.move(over.x + (over.width * hour) / 24, over.y + over.height / 2)
      await page.locator('.u-legend .u-value', { hasText: `2026-06-09 ${String(hour).padStart(2, '0')}:00` }).waitFor()
      t.match(await text('.u-legend'), short(cost(hour), 'USD'), `the line at ${hour}:00`)
    }
    await page.click('.scroll th:nth-child(3) button')
    const totals = (await cells()).map(([, , total]) => Number(total))
    t.strictSame(
      totals,
      totals.toSorted((one, other) => other - one),
      'a head sorts',
    )
    t.equal(await page.getAttribute('.scroll th:nth-child(3)', 'aria-sort'), 'descending')
  })
})

t.test(
  'the address has the question: a reload asks it again, back and forward walk what was asked',
  skip,
  async (t) => {
    const service = await serveExplorer(t, OPEN)
    const filters = [{ field: 'metadata.env', operator: 'IN', value: ['production', 'stag,ing & "co"'] }]
    const draft: Draft = { ...BY_MODEL, filters, limit: '5', timeZone: 'Europe/Berlin' }
    await visit(t, asking(service.url, draft), {}, async (open) => {
      const { page, settled } = open
      const first = await asked(open)
      t.match(first, { limit: 5, timeZone: 'Europe/Berlin', filters: [{ fieldName: 'metadata.env' }] })
      await page.reload()
      t.strictSame(await asked(open), first)
      await page.fill('#limit', '2')
      await page.press('#limit', 'Enter')
      await page.locator('.status', { hasText: '2 rows' }).waitFor()
      t.match(await asked(open), { limit: 2 })
      await page.goBack()
      await page.locator('.status', { hasText: /[345] rows/ }).waitFor()
      t.strictSame(await asked(open), first)
      t.equal(await page.inputValue('#limit'), '5')
      await page.goForward()
      await page.locator('.status', { hasText: '2 rows' }).waitFor()
      await settled()
      t.equal(await page.inputValue('#limit'), '2')
    })
  },
)

t.test('a window is given exactly, in UTC whatever the clock of the browser', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  await visit(t, asking(service.url, { ...BY_MODEL, span: FIRST_DRAFT.span }), { now: NOW }, async (open) => {
    const { page, settled } = open
    t.match(await asked(open), { startTs: '2026-06-09T13:00:00.000Z', endTs: '2026-06-10T13:00:00.000Z' })
    await page.selectOption('#window', 'exact')
    t.equal(await page.inputValue('#window-startTs'), '2026-06-09T13:00')
    await page.fill('#window-startTs', '2026-06-09T06:30')
    await page.fill('#window-endTs', '2026-06-09T07:15:30.250')
    await page.click('#ask')
    await page.waitForFunction('location.hash.includes("07%3A15")')
    await settled()
    await page.locator('#results:not([aria-busy])').waitFor()
    t.match(await asked(open), { startTs: '2026-06-09T06:30:00.000Z', endTs: '2026-06-09T07:15:30.250Z' })
    await page.fill('#window-endTs', '2026-06-09T06:00')
    await page.click('#ask')
    await page.locator('.refusal').waitFor()
    t.match(await open.text('.field:has(#window-endTs) .fault, .field:has(#window-startTs) .fault'), /\S/)
  })
})

t.test('a token that is not known is asked for again, and says so', skip, async (t) => {
  const service = await serveExplorer(t)
  await visit(t, asking(service.url, BY_MODEL), {}, async ({ page, text, settled }) => {
    await page.fill('#secret', 'not-a-token')
    await page.keyboard.press('Enter')
    await page.locator('#sign-in-message.fault').waitFor()
    t.match(await text('#sign-in-message'), /^This token is not one that the service knows/)
    t.equal(await page.evaluate('document.activeElement.id'), 'secret')
    t.equal(await page.inputValue('#secret'), '', 'it is not kept')
    await page.fill('#secret', TOKEN)
    await page.keyboard.press('Enter')
    await settled()
    t.ok(await page.locator('.bars').isVisible(), 'then the question of the link is asked')
    await page.route('**/v1/metrics/query', (route) =>
      route.fulfill({ status: 401, json: { code: 'UNAUTHENTICATED', message: 'The bearer token is not known.' } }),
    )
    await page.click('#ask')
    await page.locator('#secret:focus').waitFor()
    t.match(await text('#sign-in-message'), /^This token is not one/, 'also when it is withdrawn later')
    t.match(await text('.refusal'), /Not let in[\s\S]*give another at the top of this page/)
  })
})

t.test('with passthrough the caller’s own Portkey key is asked for, and sent as such', skip, async (t) => {
  const service = await serveExplorer(t, {
    AUTH_MODE: 'passthrough',
    PORTKEY_API_KEY: undefined,
    API_TOKENS: undefined,
  })
  await visit(t, asking(service.url, BY_MODEL), {}, async ({ page, text, settled }) => {
    t.equal(await text('#secret-label'), 'Portkey key')
    await page.fill('#secret', 'demo-workspace-key')
    await page.keyboard.press('Enter')
    await settled()
    t.ok(await page.locator('.bars').isVisible())
    await page.click('#tab-question')
    t.match(await text('[aria-label="curl"]'), /x-portkey-api-key: \$PORTKEY_API_KEY/)
    t.notMatch(await text('[aria-label="curl"]'), 'demo-workspace-key')
    await page.click('[aria-label="Copy curl"]')
    await page.locator('.copyable', { hasText: 'Copied.' }).waitFor()
    t.equal(await page.evaluate('navigator.clipboard.readText()'), await text('[aria-label="curl"]'))
  })
})

t.test('the plan has its price, and what it took once it was run', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  await visit(
    t,
    asking(service.url, { ...BY_MODEL, span: FIRST_DRAFT.span }),
    { now: NOW },
    async ({ page, text, settled }) => {
      await settled()
      const before = service.emulator.requests.length
      await page.click('#tab-plan')
      await page.locator('.plan').waitFor()
      t.match(await text('.price'), 'Expected: 1 call')
      t.match(await text('.plan .tree'), /groups\/model/)
      t.equal(service.emulator.requests.length, before, 'to price it nothing is asked')
      await page.getByRole('button', { name: 'Run and measure it' }).click()
      await page.locator('.price', { hasText: 'Sent: ' }).waitFor()
      const sent = service.emulator.requests.length - before
      t.match(await text('.price'), `Sent: ${sent} call`)
      t.match(await text('.plan .tree'), /\d+ sent, \d+ rows, [\d.]+ ms/)
      await page.selectOption('#window', '7d')
      await page.click('#price')
      await page.locator('.status', { hasText: 'nothing was asked' }).waitFor()
      t.equal(service.emulator.requests.length, before + sent)
    },
  )
})

t.test('ten thousand rows do not hold the page up: the first are shown, and how many there are', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  const dataPoints = Array.from({ length: 10_000 }, (_, at) => ({
    modelName: at === 0 ? null : `model ${at}`,
    total: 10_000 - at,
    sumCostInUSD: at / 3,
  }))
  await visit(t, service.url, {}, async ({ page, text, settled, cells }) => {
    await page.route('**/v1/metrics/query', (route) => route.fulfill({ json: { data: { dataPoints } } }))
    await page.locator('#type-distribution').check()
    await page.click('#add-group')
    await page.click('#ask')
    await settled()
    t.match(await text('.count'), '10,000 rows, the first 200 shown')
    t.equal((await cells()).length, 200)
    t.equal((await cells())[0]?.[0], 'null')
    await page.getByRole('button', { name: 'Show 200 more' }).click()
    t.equal((await cells()).length, 400)
    await page.click('.scroll th:nth-child(3) button')
    t.strictSame((await cells())[0], ['model 9999', '1', String(9999 / 3)], 'all rows are sorted, not those shown')
    t.equal((await cells()).length, 200)
    t.equal(await page.locator('.bars li').count(), 20)
  })
})

t.test(
  'every control has a name, in both schemes and on a narrow screen, and nothing stands out of it',
  skip,
  async (t) => {
    const service = await serveExplorer(t, OPEN)
    const full: Draft = {
      ...BY_MODEL,
      groupBy: ['modelName', 'metadata.env'],
      filters: [
        { field: 'modelName', operator: 'IN', value: ['gpt-4o'] },
        { field: 'metadata.env', operator: 'EQUAL', value: 'production' },
        { field: 'inputTokens', operator: 'BETWEEN', value: [1, 9000] },
        { field: 'isFailure', operator: 'EQUAL', value: false },
        { field: 'team', operator: 'IS_NULL', value: false },
      ],
    }
    const nameless = `[...document.querySelectorAll('input, select, button, [role=listbox], [role=region]')].filter((one) =>
    !(one.labels?.length || one.getAttribute('aria-label') || one.getAttribute('aria-labelledby') || one.textContent.trim())).map((one) => one.outerHTML)`
    const doubled = `[...document.querySelectorAll('[id]')].map(({ id }) => id).filter((id, at, all) => all.indexOf(id) !== at)`
    for (const scheme of ['light', 'dark'] as const) {
      for (const width of [390, 1280]) {
        await visit(t, asking(service.url, full), { scheme, width }, async ({ page, settled }) => {
          await settled()
          t.strictSame(await page.evaluate(nameless), [], `${scheme} ${width}: names`)
          t.strictSame(await page.evaluate(doubled), [], `${scheme} ${width}: ids`)
          t.equal(
            await page.evaluate('document.documentElement.scrollWidth'),
            width,
            `${scheme} ${width}: no sideways scroll`,
          )
        })
      }
    }
  },
)
