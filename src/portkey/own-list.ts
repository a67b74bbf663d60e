import { ServiceError } from '../errors.js'
import { malformed } from './malformed.js'
import { type Resource, resourcePath } from './resources.js'
import { isWireObject } from './wire.js'

/** The query of one page of a list. */
export type PageQuery = Readonly<Record<string, string>>

/** Whether rows that do not say whose they are belong to the workspace, or only those that do. */
export type Rows = 'all' | 'labelled'

/** Rows asked for a page: safe on every deployment. Rows given a page unless told, too. */
const PAGE_SIZE = 100
/** Pages of one list beyond which it is refused. */
const MOST_PAGES = 50

/**
 * One page of the rows that belong to a workspace. The upstream's own pages count rows of other workspaces, so its list is read as a
 * whole and cut here: `total` is the workspace's own, and no page shows that there are others. Throws `UPSTREAM_MALFORMED` when it
 * is no list of rows, and `UPSTREAM_ERROR` when it has more than fifty pages.
 */
export async function ownList(
  resource: Resource,
  workspace: string,
  query: PageQuery,
  readPage: (query: PageQuery) => Promise<unknown>,
  rows: Rows = 'all',
): Promise<unknown> {
  const own = (await allRows(resource, readPage)).filter((row) => isOf(resource, row, workspace, rows))
  const size = Number(query.page_size ?? PAGE_SIZE)
  const begin = Number(query.current_page ?? 0) * size
  return { object: 'list', total: own.length, data: own.slice(begin, begin + size) }
}

/** All rows of a list, page by page. Throws as `ownList` does. */
export async function allRows(
  resource: Resource,
  readPage: (query: PageQuery) => Promise<unknown>,
): Promise<readonly unknown[]> {
  // By their text: a row that moved between pages, or a page of an upstream that knows no pages, comes once.
  const rows = new Map<string, unknown>()
  let firstSize = 0
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const json = await readPage({ current_page: String(page), page_size: String(PAGE_SIZE) })
    const { data, total } = Array.isArray(json) ? { data: json, total: json.length } : listOf(resource, json)
    const before = rows.size
    for (const row of data) rows.set(JSON.stringify(row), row)
    if (page === 0) firstSize = data.length
    // Without a total, a page that is shorter than the first is the last. Past the end a total may be 0.
    const whole = total === null ? data.length < firstSize : rows.size >= total
    if (rows.size === before || whole) return [...rows.values()]
  }
  throw new ServiceError(
    'UPSTREAM_ERROR',
    `Portkey's ${resourcePath(resource)} has more than ${MOST_PAGES} pages of ${PAGE_SIZE}, so what is one workspace's cannot be told. Use a key of that workspace, without PORTKEY_WORKSPACE_SLUG.`,
  )
}

function listOf(
  resource: Resource,
  json: unknown,
): { readonly data: readonly unknown[]; readonly total: number | null } {
  if (!isWireObject(json) || !Array.isArray(json.data))
    throw malformed(resourcePath(resource), 'it holds no list of rows')
  return { data: json.data, total: typeof json.total === 'number' ? json.total : null }
}

/** Rows that do not say whose they are stay unless told, as the upstream was asked for the workspace; but a workspace has to say who it is. */
function isOf(resource: Resource, row: unknown, workspace: string, rows: Rows): boolean {
  const said = isWireObject(row) ? (resource === 'workspaces' ? row.slug : row.workspace_slug) : undefined
  return said === workspace || (rows === 'all' && typeof said !== 'string' && resource !== 'workspaces')
}
