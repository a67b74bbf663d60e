import t from 'tap'
import { addressOf } from '../../src/explorer/address.js'
import { FIRST_DRAFT } from '../../src/explorer/question.js'
import { TOKEN, YESTERDAY } from '../engine/service.js'
import { NO_NGINX, startNginx } from '../http/nginx.js'
import { NO_BROWSER, visit } from './browser.js'
import { serveExplorer } from './served.js'
import { tryOut } from './try-out.js'

const DRAFT = {
  ...FIRST_DRAFT,
  type: 'distribution' as const,
  groupBy: ['modelName'],
  span: { kind: 'exact' as const, ...YESTERDAY },
}

const PROXIES = [
  { name: 'a proxy that strips its path', env: {}, pass: 'http://service/' },
  { name: 'a proxy that keeps its path', env: { BASE_PATH: '/tools/metrics' }, pass: 'http://service/tools/metrics/' },
  {
    name: 'a proxy that puts another path before the kept one',
    env: { BASE_PATH: '/inner' },
    pass: 'http://service/inner/',
  },
] as const

for (const { name, env, pass } of PROXIES) {
  t.test(
    `the page asks, and its line for a shell works, behind ${name}`,
    { skip: NO_BROWSER || NO_NGINX },
    async (t) => {
      const service = await serveExplorer(t, env)
      const proxy = await startNginx(t, service.url, `location /tools/metrics/ { proxy_pass ${pass}; }`)
      const page = `${proxy}/tools/metrics/`
      await visit(t, `${page}#${addressOf(DRAFT)}`, {}, async ({ page: open, settled, cells, text }) => {
        await open.fill('#secret', TOKEN)
        await open.keyboard.press('Enter')
        await settled()
        t.ok((await cells()).length > 1)
        await open.click('#tab-question')
        t.match(await text('[aria-label="curl"]'), `'${page}v1/metrics/query'`)
      })
    },
  )

  t.test(`/docs tries an example out behind ${name}`, { skip: NO_BROWSER || NO_NGINX }, async (t) => {
    const service = await serveExplorer(t, env, { historyDays: 10 })
    const proxy = await startNginx(t, service.url, `location /tools/metrics/ { proxy_pass ${pass}; }`)
    await visit(t, `${proxy}/tools/metrics/docs`, {}, async ({ page, text }) => {
      await tryOut({ page })
      t.match(await text('.live-responses-table .response-col_status'), /\b200\b/)
      t.match(await text('.request-url'), `${proxy}/tools/metrics/v1/metrics/query`)
    })
  })
}
