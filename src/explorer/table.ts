import type { Answer, Row } from './answer.js'
import { button, element } from './dom.js'
import { plain } from './figures.js'
import { type Order, sortRows } from './sorting.js'

const STAMPS: readonly string[] = ['startTimestamp', 'endTimestamp']

/** Rows shown at first, and more of at a time: ten thousand at once would make the page wait. */
const PAGE = 200

/** The rows of an answer as a table that is sorted by its heads. */
export const drawTable = (answer: Answer): HTMLElement => {
  const { rows, groups, figures } = answer
  const stamps = answer.draft.type === 'timeseries' ? STAMPS : []
  const texts = [...stamps, ...groups]
  const columns = [...texts, ...figures.map(({ key }) => key)]
  const units = new Map(figures.map(({ key, unit }) => [key, unit]))
  const body = element('tbody')
  const count = element('p', { class: 'count', role: 'status' })
  const more = button(`Show ${PAGE} more`, { class: 'add' }, () => extend())
  let order: Order | null = null
  let sorted = rows
  let shown = 0

  const extend = () => {
    body.append(...sorted.slice(shown, shown + PAGE).map((row) => rowOf(row, columns, texts)))
    shown = Math.min(shown + PAGE, sorted.length)
    const all = rows.length.toLocaleString('en-US')
    count.textContent =
      shown < rows.length ? `${all} rows, the first ${shown} shown` : `${all} ${rows.length === 1 ? 'row' : 'rows'}`
    more.hidden = shown >= rows.length
  }
  const heads = columns.map((key) => {
    const isFigure = !texts.includes(key)
    const unit = units.get(key)
    const label = element('span', {}, key)
    const sort = button('', {}, () => {
      // Figures are first asked for by the largest, names from the first.
      const descending: boolean = order?.key === key ? !order.descending : isFigure
      order = { key, descending }
      sorted = sortRows(rows, order)
      for (const head of heads)
        head.setAttribute('aria-sort', head === cell ? (descending ? 'descending' : 'ascending') : 'none')
      body.replaceChildren()
      shown = 0
      extend()
    })
    sort.append(label, unit === undefined || unit === 'count' ? '' : element('small', {}, unit))
    const cell: HTMLTableCellElement = element(
      'th',
      { scope: 'col', class: isFigure ? 'figure' : null, 'aria-sort': 'none' },
      sort,
    )
    return cell
  })
  extend()
  return element(
    'div',
    {},
    count,
    element(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Rows' },
      element('table', {}, element('thead', {}, element('tr', {}, heads)), body),
    ),
    more,
  )
}

const rowOf = (row: Row, columns: readonly string[], texts: readonly string[]): HTMLTableRowElement =>
  element(
    'tr',
    {},
    columns.map((key) => {
      const value = row[key]
      const isFigure = !texts.includes(key)
      if (value === null || value === undefined)
        return element('td', { class: isFigure ? 'figure null' : 'null' }, 'null')
      if (typeof value !== 'number') {
        const source = String(value)
        return element('td', { title: source }, STAMPS.includes(key) ? stamp(source) : source)
      }
      const shown = isFigure ? plain(value) : String(value)
      return element('td', { class: isFigure ? 'figure' : null, title: String(value) }, shown)
    }),
  )

/** An instant without the parts that are nothing: `2026-06-09 04:00Z`. */
const stamp = (source: string): string => source.replace('T', ' ').replace(/(:00)?\.000Z$/, 'Z')
