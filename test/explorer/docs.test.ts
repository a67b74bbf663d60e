import t from 'tap'
import { NO_BROWSER, visit } from './browser.js'
import { serveExplorer } from './served.js'
import { tryOut } from './try-out.js'

t.test('/docs follows the scheme of its reader, and leads back to the page', { skip: NO_BROWSER }, async (t) => {
  const { url } = await serveExplorer(t)
  await visit(t, `${url}docs`, { scheme: 'dark' }, async ({ page }) => {
    await page.locator('.opblock').first().waitFor()
    const paper = `getComputedStyle(document.querySelector('.swagger-ui')).backgroundColor`
    t.match(await page.evaluate(paper), /^rgb\(\d{2}, \d{2}, \d{2}\)$/, 'dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.locator('html:not(.dark-mode)').waitFor()
    t.notMatch(await page.evaluate(paper), /^rgb\(\d{2}, \d{2}, \d{2}\)$/, 'light')
    await page.getByRole('link', { name: 'Explore' }).click()
    await page.waitForURL(url)
  })
})

t.test('/docs tries an example out with a token, and reaches nobody else', { skip: NO_BROWSER }, async (t) => {
  // The examples ask about the days before the service's clock.
  const { url } = await serveExplorer(t, {}, { historyDays: 10 })
  await visit(t, `${url}docs`, {}, async ({ page, text }) => {
    await tryOut({ page })
    t.match(await text('.live-responses-table .response-col_status'), /\b200\b/)
    t.match(await text('.live-responses-table .response-col_description'), /gpt-4o/)
    t.equal(await page.evaluate('localStorage.length + sessionStorage.length'), 0, 'the token is not stored')
  })
})
