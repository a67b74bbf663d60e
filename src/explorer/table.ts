import type { Answer, Row } from './answer.js'
import { button, element } from './dom.js'
import { plain } from './figures.js'
import { type Order, sortRows } from './sorting.js'
import { stampIn, zoneOf } from './zone.js'

const STAMPS: readonly string[] = ['startTimestamp', 'endTimestamp']

/** Rows shown at first, and more of at a time: ten thousand at once would make the page wait. */
const PAGE = 200

/** The rows of an answer as a table that is sorted by its heads. Its figures are rounded and its times are in the question's zone, until the exact values are wanted. */
export const drawTable = (answer: Answer): HTMLElement => {
  const { rows, groups, figures } = answer
  const stamps = answer.draft.type === 'timeseries' ? STAMPS : []
  const texts = [...stamps, ...groups]
  const columns = [...texts, ...figures.map(({ key }) => key)]
  const zone = zoneOf(answer.draft)
  const stamp = stampIn(zone)
  const units = new Map(figures.map(({ key, unit }) => [key, unit === 'count' ? '' : unit]))
  const clock = stamps.length === 0 ? '' : `; times in ${zone.label}`
  const body = element('tbody')
  const count = element('p', { class: 'count', role: 'status' })
  const more = button(`Show ${PAGE} more`, { class: 'add' }, () => extend())
  let order: Order | null = null
  let sorted = rows
  let shown = 0
  let isExact = false
  const write: Writing = {
    text: (key, value) => (!isExact && STAMPS.includes(key) ? stamp(String(value)) : String(value)),
    figure: (value) => (isExact ? String(value) : plain(value)),
  }

  const extend = () => {
    body.append(...sorted.slice(shown, shown + PAGE).map((row) => rowOf(row, columns, texts, write)))
    shown = Math.min(shown + PAGE, sorted.length)
    const all = rows.length.toLocaleString('en-US')
    const some =
      shown < rows.length ? `${all} rows, the first ${shown} shown` : `${all} ${rows.length === 1 ? 'row' : 'rows'}`
    count.textContent = `${some}${clock}`
    more.hidden = shown >= rows.length
  }
  const renew = (least: number) => {
    body.replaceChildren()
    shown = 0
    do extend()
    while (shown < least && shown < sorted.length)
  }
  const exact = button('Exact values', { class: 'add', 'aria-pressed': 'false' }, () => {
    isExact = !isExact
    exact.setAttribute('aria-pressed', String(isExact))
    renew(shown)
  })
  const heads = columns.map((key) => {
    const isFigure = !texts.includes(key)
    const unit = units.get(key) ?? ''
    const label = element('span', {}, key)
    const sort = button('', {}, () => {
      // Figures are first asked for by the largest, names from the first.
      const descending: boolean = order?.key === key ? !order.descending : isFigure
      order = { key, descending }
      sorted = sortRows(rows, order)
      for (const head of heads)
        head.setAttribute('aria-sort', head === cell ? (descending ? 'descending' : 'ascending') : 'none')
      renew(0)
    })
    sort.append(label, ...(unit === '' ? [] : [' ', element('small', {}, unit)]))
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
    element('div', { class: 'table-head' }, count, rows.length === 0 ? null : exact),
    element(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Rows' },
      element('table', {}, element('thead', {}, element('tr', {}, heads)), body),
    ),
    more,
  )
}

/** How the values of a table are written. */
type Writing = {
  readonly text: (key: string, value: unknown) => string
  readonly figure: (value: number) => string
}

const rowOf = (row: Row, columns: readonly string[], texts: readonly string[], write: Writing): HTMLTableRowElement =>
  element(
    'tr',
    {},
    columns.map((key) => {
      const value = row[key]
      const isFigure = !texts.includes(key)
      if (value === null || value === undefined)
        return element('td', { class: isFigure ? 'figure null' : 'null' }, 'null')
      const shown = isFigure && typeof value === 'number' ? write.figure(value) : write.text(key, value)
      return element('td', { class: isFigure ? 'figure' : null, title: String(value) }, shown)
    }),
  )
