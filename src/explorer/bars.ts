import { type Answer, type Figure, groupNames } from './answer.js'
import { element } from './dom.js'
import { short } from './figures.js'
import { numberOf } from './series.js'
import { sortRows } from './sorting.js'

/** More bars than these nobody reads; the table has all. */
export const MOST_BARS = 20

/** A figure of each group as a bar, the largest first. */
export const drawBars = ({ rows, groups }: Answer, { key, unit }: Figure): HTMLElement => {
  const top = sortRows(rows, { key, descending: true }).slice(0, MOST_BARS)
  const names = groupNames(top, groups)
  const most = Math.max(...top.map((row) => Math.abs(numberOf(row[key]) ?? 0)))
  return element(
    'ol',
    { class: 'bars' },
    top.map((row, at) => {
      const name = names[at] ?? ''
      const value = numberOf(row[key])
      const bar = element('span', { class: 'bar', 'aria-hidden': 'true' })
      bar.style.width = `${most > 0 ? (Math.abs(value ?? 0) / most) * 100 : 0}%`
      return element(
        'li',
        {},
        element('span', { class: 'bar-name', title: name }, name),
        element('span', { class: 'bar-track' }, bar),
        element('span', { class: 'bar-value' }, value === null ? 'null' : short(value, unit)),
      )
    }),
  )
}

/** The figures of a single row, large. */
export const drawTiles = ({ rows, figures }: Answer): HTMLElement =>
  element(
    'dl',
    { class: 'tiles' },
    figures.map(({ key, unit }) => {
      const value = numberOf(rows[0]?.[key])
      const shown = value === null ? 'null' : short(value, unit)
      return element('div', {}, element('dt', {}, key), element('dd', { title: String(value) }, shown))
    }),
  )
