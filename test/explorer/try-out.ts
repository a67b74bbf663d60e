import { TOKEN } from '../engine/service.js'
import type { Visit } from './browser.js'

/** Tries the first example of the question route out on `/docs`, with the token; done when its reply is shown. */
export const tryOut = async ({ page }: Pick<Visit, 'page'>): Promise<void> => {
  await page.getByRole('button', { name: 'Authorize' }).first().click()
  await page.locator('.auth-container input').first().fill(TOKEN)
  await page.locator('.auth-container button[type=submit]').first().click()
  await page.locator('.btn-done').first().click()
  const route = page.locator('.opblock', { has: page.locator('[data-path="/v1/metrics/query"]') })
  await route.locator('.opblock-summary-control').click()
  await route.getByRole('button', { name: 'Execute' }).click()
  await route.locator('.live-responses-table .response').waitFor()
}
