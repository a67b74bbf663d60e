/** One page of a listing; `index` counts from 0. */
export type Page = { readonly index: number; readonly size: number }

const DEFAULT_SIZE = 100

/** Reads `current_page` and `page_size` (capped at `most`); `page` is ignored. Adds to `problems` what is wrong. */
export function parsePage(query: URLSearchParams, most: number, problems: string[]): Page {
  const index = wholeNumber(query, 'current_page', 0, 0, problems)
  const size = wholeNumber(query, 'page_size', DEFAULT_SIZE, 1, problems)
  return { index, size: Math.min(size, most) }
}

function wholeNumber(
  query: URLSearchParams,
  name: string,
  otherwise: number,
  least: number,
  problems: string[],
): number {
  const text = query.get(name)
  if (text === null) return otherwise
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least) problems.push(`${name} must be a whole number from ${least}`)
  return value
}
