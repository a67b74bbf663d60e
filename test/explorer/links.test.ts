import t from 'tap'
import { addressOf } from '../../src/explorer/address.js'
import { type Draft, FIRST_DRAFT } from '../../src/explorer/question.js'
import { YESTERDAY } from '../engine/service.js'
import { NO_BROWSER, visit } from './browser.js'
import { serveExplorer } from './served.js'

const skip = { skip: NO_BROWSER }
const OPEN = { AUTH_MODE: 'none' }
const DRAFT: Draft = {
  ...FIRST_DRAFT,
  type: 'distribution',
  span: { kind: 'exact', ...YESTERDAY },
  groupBy: ['modelName'],
}

t.test('a damaged link is not asked: the form has what could be read, and what could not is said', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  await visit(t, `${service.url}#${addressOf(DRAFT)}&filter=[`, {}, async ({ page, text, settled }) => {
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/query')) asked.push(request.url())
    })
    await page.locator('.refusal').waitFor()
    t.match(await text('.refusal'), /This link could not be read whole[\s\S]*filter “\[”/)
    t.equal(await page.inputValue('#group-0'), 'modelName')
    t.ok(await page.locator('#type-distribution').isChecked())
    await page.setViewportSize({ width: 390, height: 800 })
    await page.reload()
    await page.locator('.refusal').waitFor()
    const top = await page.evaluate('document.querySelector(".refusal").getBoundingClientRect().top')
    t.ok(Number(top) < 600, 'on a narrow screen it is not left below the form')
    t.strictSame(asked, [], 'nor is it when it is loaded again')
    await page.click('#ask')
    await settled()
    t.equal(asked.length, 1, 'who looked at it may ask')
    t.equal(await page.locator('.refusal').count(), 0)
    t.notMatch(await page.evaluate('location.hash'), /filter/)
  })
})

t.test('an address that is emptied or replaced takes the answer of the one before it away', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  await visit(t, `${service.url}#${addressOf(DRAFT)}`, {}, async ({ page, text, settled }) => {
    await settled()
    await page.evaluate('location.hash = ""')
    await page.locator('.empty', { hasText: 'Choose' }).waitFor()
    t.equal(await page.locator('.tabs, .chart, .status:not(:empty)').count(), 0)
    t.equal(await page.locator('#group-0').count(), 0, 'the form is a fresh one')
    await page.goBack()
    await page.locator('.tabs').waitFor()
    await page.evaluate('location.hash = "#type=distributed"')
    await page.locator('.refusal').waitFor()
    t.match(await text('.refusal'), /distributed/)
    t.equal(await page.locator('.tabs').count(), 0)
  })
})
