import { ServiceError } from '../errors.js'
import type { Page } from './decode.js'
import type { PageRequest } from './encode.js'
import type { WireObject } from './wire.js'

/** How a listing is paged. */
export type Paging = {
  readonly pageSize: number
  /** More pages than this are refused rather than fetched. */
  readonly maxPages: number
  /** Values of rows, to tell a row that moved between pages and came twice; throws when one page repeats itself. */
  readonly valuesOf: (rows: readonly WireObject[]) => readonly string[]
  /** Names the listing in messages. */
  readonly path: string
}

/**
 * All rows of a listing, or none: the first page, then the others at once. When rows moved between pages meanwhile (a value
 * stands twice, or rows are missing) the whole is fetched once more, then `UPSTREAM_INCONSISTENT`.
 */
export async function collectPages(
  fetchPage: (page: PageRequest) => Promise<Page>,
  paging: Paging,
): Promise<readonly WireObject[]> {
  const rows = (await collectOnce(fetchPage, paging)) ?? (await collectOnce(fetchPage, paging))
  if (rows !== null) return rows
  throw new ServiceError(
    'UPSTREAM_INCONSISTENT',
    `The pages of Portkey's ${paging.path} contradict each other, twice. Ask again, or for a window that ended earlier.`,
  )
}

/** `null` when the pages do not make one whole. */
async function collectOnce(
  fetchPage: (page: PageRequest) => Promise<Page>,
  paging: Paging,
): Promise<readonly WireObject[] | null> {
  const first = await fetchPage({ page: 0, size: paging.pageSize })
  // An upstream that caps the page size shows its own by what it returns; all further pages are counted by that.
  const size = first.rows.length
  if (size === 0) return (first.total ?? 0) === 0 ? [] : null
  const trusted = first.total !== null && first.total >= size
  const pages = trusted
    ? [first, ...(await fetchRest(fetchPage, size, Math.ceil((first.total ?? 0) / size), paging))]
    : [first, ...(await walkRest(fetchPage, size, paging))]
  const rows = pages.flatMap((page) => page.rows)
  const distinct = new Set(pages.flatMap((page) => paging.valuesOf(page.rows))).size
  // Past the end the total may drop to 0, so an empty page has no say.
  const total = trusted
    ? Math.max(...pages.map((page) => (page.rows.length === 0 ? 0 : (page.total ?? 0))))
    : rows.length
  return distinct === rows.length && rows.length === total ? rows : null
}

function fetchRest(
  fetchPage: (page: PageRequest) => Promise<Page>,
  size: number,
  count: number,
  paging: Paging,
): Promise<readonly Page[]> {
  if (count > paging.maxPages) throw tooMany(paging)
  return Promise.all(Array.from({ length: count - 1 }, (_, i) => fetchPage({ page: i + 1, size })))
}

/** Without a total to go by: page after page, until one is short. */
async function walkRest(
  fetchPage: (page: PageRequest) => Promise<Page>,
  size: number,
  paging: Paging,
): Promise<readonly Page[]> {
  const pages: Page[] = []
  for (let page = 1; page < paging.maxPages; page += 1) {
    const next = await fetchPage({ page, size })
    pages.push(next)
    if (next.rows.length < size) return pages
  }
  throw tooMany(paging)
}

function tooMany({ path, maxPages }: Paging): ServiceError {
  return new ServiceError(
    'UPSTREAM_ERROR',
    `Portkey's ${path} has more than ${maxPages} pages. Ask for a shorter window or add filters, so that fewer values match.`,
  )
}
