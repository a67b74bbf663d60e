import t from 'tap'
import { addressOf } from '../../src/explorer/address.js'
import { type Draft, FIRST_DRAFT } from '../../src/explorer/question.js'
import { YESTERDAY } from '../engine/service.js'
import { NO_BROWSER, visit } from './browser.js'
import { serveExplorer } from './served.js'

const skip = { skip: NO_BROWSER }
const OPEN = { AUTH_MODE: 'none' }
const FULL: Draft = {
  ...FIRST_DRAFT,
  span: { kind: 'exact', ...YESTERDAY },
  aggregations: [
    { type: 'sum', column: 'costInUSD' },
    { type: 'p99', column: 'latencyMs' },
  ],
  groupBy: ['modelName', 'team'],
  filters: [
    { field: 'modelName', operator: 'IN', value: ['gpt-4o'] },
    { field: 'inputTokens', operator: 'BETWEEN', value: [1, 9000] },
  ],
}

t.test('no control that has the focus is below the bar with Ask, and both ends are seen whole', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  for (const width of [390, 1280]) {
    await visit(t, `${service.url}#${addressOf(FULL)}`, { width }, async ({ page, settled }) => {
      await settled()
      for (const end of ['startTs', 'endTs']) {
        const box = await page.locator(`#window-${end}`).boundingBox()
        t.ok((box?.width ?? 0) >= 250, `${width}: ${end} is ${box?.width} px wide`)
      }
      await page.evaluate('scrollTo(0, 0)')
      await page.locator('#datasource').focus()
      const hidden = `(() => {
        const one = document.activeElement
        if (!one.closest('#controls')) return null
        return one.getBoundingClientRect().bottom > document.querySelector('.ask').getBoundingClientRect().top && (one.id || one.ariaLabel)
      })()`
      const seen: unknown[] = []
      for (let steps = 0; steps < 60; steps += 1) {
        const state: unknown = await page.evaluate(hidden)
        if (state === null) break
        seen.push(state)
        await page.keyboard.press('Tab')
      }
      t.ok(seen.length > 20, `${width}: ${seen.length} controls were walked`)
      t.strictSame(
        seen.filter((one) => one !== false),
        [],
        `${width}: none of them hidden`,
      )
    })
  }
})

t.test('completions that were still looked for do not open over what Enter asked', skip, async (t) => {
  const service = await serveExplorer(t, OPEN)
  await visit(t, `${service.url}#${addressOf(FIRST_DRAFT)}`, {}, async ({ page, settled }) => {
    await settled()
    await page.locator('#zone').focus()
    await page.clock.install()
    await page.keyboard.type('Europe/Berlin')
    await page.keyboard.press('Enter')
    await page.clock.runFor(1_000)
    t.notOk(await page.locator('#zone-completions').isVisible())
    await page.keyboard.press('Backspace')
    await page.clock.runFor(1_000)
    await page.locator('#zone-completions').waitFor()
  })
})
