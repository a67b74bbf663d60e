import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import root, { type Test } from 'tap'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

/** Why tests that need a browser cannot run here; `false` where they can. */
export const NO_BROWSER: string | false = existsSync(CHROMIUM)
  ? false
  : `SKIPPED: there is no Chromium at ${CHROMIUM}; install it, or name another in CHROMIUM_PATH`

/** The page's times are UTC wherever its reader is. */
const FAR_AWAY = { locale: 'en-US', timezoneId: 'America/New_York' }

let launched: Promise<Browser> | null = null

/** One browser for all visits of a process, which ends with its tests; a visit's cookies, storage and cache are its own. */
const openBrowser = (): Promise<Browser> => {
  if (launched !== null) return launched
  // Containers rarely have the user namespaces that the sandbox wants; all it loads is our own page.
  const args = ['--no-sandbox', '--disable-dev-shm-usage']
  const opening = chromium.launch({ executablePath: CHROMIUM, args })
  root.teardown(async () => (await opening).close())
  launched = opening
  return opening
}

export type Visit = {
  readonly page: Page
  /** Presses Tab, as often as it takes to get to the element of an id; fails when the keyboard does not get there. */
  readonly tabTo: (id: string, back?: 'back') => Promise<void>
  /** Waits until a question was answered or refused. */
  readonly settled: () => Promise<void>
  /** The exact values of the table's cells, row by row. */
  readonly cells: () => Promise<readonly (readonly string[])[]>
  readonly text: (selector: string) => Promise<string>
}

/** At what the browser's clock stands; the size and scheme of its window. */
export type Looks = { readonly now?: number; readonly width?: number; readonly scheme?: 'light' | 'dark' }

/**
 * Opens an address of the service and runs a test there. Then the page must not have asked anything of anybody else, nor have
 * complained, be it of its content security policy.
 */
export const visit = async (
  t: Test,
  url: string,
  looks: Looks,
  test: (visit: Visit) => Promise<void>,
): Promise<void> => {
  const browser = await openBrowser()
  const { width = 1280, scheme = 'light', now } = looks
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, ...FAR_AWAY })
  t.teardown(() => context.close())
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  if (now !== undefined) await page.clock.setFixedTime(now)
  const complaints: string[] = []
  const strangers: string[] = []
  page.on('console', (message) => {
    // A question that is refused or fails is no fault of the page.
    const isReply = message.text().startsWith('Failed to load resource') && message.location().url.includes('/v1/')
    if (message.type() === 'error' && !isReply) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error.stack)))
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol !== 'data:' && origin !== new URL(url).origin) strangers.push(request.url())
  })
  await page.goto(url)
  await test({
    page,
    tabTo: async (id, back) => {
      for (let presses = 0; presses < 80; presses += 1) {
        if ((await page.evaluate('document.activeElement?.id')) === id) return
        await page.keyboard.press(back === undefined ? 'Tab' : 'Shift+Tab')
      }
      t.fail(`the keyboard does not get to ${id}`)
    },
    settled: () =>
      page.locator('#results:not([aria-busy]) .tabs, #results:not([aria-busy]) .refusal').first().waitFor(),
    cells: async () => {
      const read = `[...document.querySelectorAll('.scroll tbody tr')].map((row) => [...row.cells].map((cell) => cell.title || cell.textContent))`
      const rows: unknown = await page.evaluate(read)
      return Array.isArray(rows) ? rows.map((row) => (Array.isArray(row) ? row.map(String) : [])) : []
    },
    text: async (selector) => (await page.locator(selector).allInnerTexts()).join('\n'),
  })
  await context.close()
  t.strictSame(strangers, [], 'no request leaves the origin')
  t.strictSame(complaints, [], 'the page complains of nothing')
}
