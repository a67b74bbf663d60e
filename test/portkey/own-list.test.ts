import t from 'tap'
import { ownList, type PageQuery } from '../../src/portkey/own-list.js'

const ROWS = Array.from({ length: 7 }, (_, id) => ({ id, workspace_slug: id % 2 === 0 ? 'ours' : 'theirs' }))
const OURS = ROWS.filter(({ workspace_slug }) => workspace_slug === 'ours')

/** An upstream that gives so many rows a page, and what it says of their number. */
const upstream = (size: number, total: (page: number) => unknown, rows: readonly unknown[] = ROWS) => {
  const asked: PageQuery[] = []
  const readPage = async (query: PageQuery) => {
    asked.push(query)
    const page = Number(query.current_page)
    return { object: 'list', total: total(page), data: rows.slice(page * size, (page + 1) * size) }
  }
  return { asked, readPage }
}

t.test('the rows of one workspace, whatever the upstream’s pages and totals', async (t) => {
  for (const size of [1, 2, 3, 7, 100]) {
    for (const total of [() => 7, () => undefined, (page: number) => (page * size < 7 ? 7 : 0)]) {
      const { readPage } = upstream(size, total)
      t.strictSame(await ownList('virtualKeys', 'ours', {}, readPage), { object: 'list', total: 4, data: OURS })
      const second = await ownList('virtualKeys', 'ours', { current_page: '1', page_size: '3' }, readPage)
      t.strictSame(second, { object: 'list', total: 4, data: OURS.slice(3) })
    }
  }
})

t.test('an upstream that knows no pages is read once more at the most', async (t) => {
  const { asked, readPage } = upstream(100, () => undefined)
  const same = (query: PageQuery) => readPage({ ...query, current_page: '0' })
  t.match(await ownList('virtualKeys', 'ours', {}, same), { total: 4 })
  t.equal(asked.length, 2)
  t.match(await ownList('virtualKeys', 'ours', {}, async () => ROWS), { total: 4 })
})

t.test('a row without a workspace stays, a workspace without a slug does not', async (t) => {
  const rows = [{ id: 1 }, { slug: 'theirs' }, { slug: 'ours' }, 'text']
  const { readPage } = upstream(100, () => 4, rows)
  t.match(await ownList('logExports', 'ours', {}, readPage), { total: 4 })
  t.strictSame(await ownList('workspaces', 'ours', {}, readPage), {
    object: 'list',
    total: 1,
    data: [{ slug: 'ours' }],
  })
})

t.test('unless only those are wanted that say whose they are', async (t) => {
  const rows = [{ id: 1 }, { id: 2, workspace_slug: 'ours' }, { id: 3, workspace_slug: 'theirs' }, 'text']
  const { readPage } = upstream(100, () => 4, rows)
  t.match(await ownList('logExports', 'ours', {}, readPage, 'labelled'), { total: 1, data: [{ id: 2 }] })
})

t.test('no list of rows is malformed, an endless one refused', async (t) => {
  await t.rejects(
    ownList('workspaces', 'ours', {}, async () => ({ workspaces: ROWS })),
    { code: 'UPSTREAM_MALFORMED' },
  )
  const endless = async ({ current_page }: PageQuery) => ({ total: 9_999, data: [{ slug: current_page }] })
  await t.rejects(ownList('workspaces', 'ours', {}, endless), { code: 'UPSTREAM_ERROR', message: /50 pages/ })
})
