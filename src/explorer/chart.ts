import type { Answer, Figure } from './answer.js'
import { drawBars, drawTiles, MOST_BARS } from './bars.js'
import { element, labelled, on, option } from './dom.js'
import { drawPlot, type Plot } from './plot.js'
import { linesOf, MOST_LINES } from './series.js'
import { zoneOf } from './zone.js'

/**
 * A figure of an answer as lines, bars or tiles, with a choice of the figure. `remove` before another takes its place. What cannot be
 * drawn says so.
 */
export const drawChart = (room: HTMLElement, answer: Answer): { readonly remove: () => void } => {
  let plot: Plot | null = null
  const canvas = element('div', { class: 'canvas' })
  const caption = element('figcaption', {})
  const draw = (figure: Figure) => {
    plot?.remove()
    plot = null
    canvas.replaceChildren()
    if (answer.draft.type === 'timeseries') plot = drawLines(answer, figure, canvas, caption)
    else if (answer.groups.length > 0) drawGroups(answer, figure, canvas, caption)
    else {
      caption.textContent = 'All rows of the window, in one.'
      canvas.append(drawTiles(answer))
    }
  }
  const attempt = (figure: Figure) => {
    try {
      draw(figure)
    } catch (error) {
      const why = `This cannot be drawn here (${String(error)}); the table has the numbers.`
      canvas.replaceChildren(element('p', { class: 'fault', role: 'alert' }, why))
    }
  }
  const isOne = answer.draft.type === 'distribution' && answer.groups.length === 0
  const first = answer.figures.find(({ key }) => key !== 'total') ?? answer.figures[0]
  if (first === undefined) return { remove: () => undefined }
  const choice = element(
    'select',
    { id: 'chart-figure' },
    answer.figures.map(({ key }) => option({ value: key, label: key }, first.key)),
  )
  on(choice, 'change', () => {
    const figure = answer.figures.find(({ key }) => key === choice.value)
    if (figure !== undefined) attempt(figure)
  })
  const head = isOne || answer.figures.length < 2 ? [caption] : [caption, labelled('Draw', choice)]
  room.replaceChildren(element('figure', { class: 'chart' }, element('div', { class: 'chart-head' }, head), canvas))
  attempt(first)
  return { remove: () => plot?.remove() }
}

const drawLines = (answer: Answer, figure: Figure, canvas: HTMLElement, caption: HTMLElement): Plot => {
  const { window, draft } = answer
  const lines = linesOf(answer, figure)
  const drawn = lines.lines.length
  const zone = zoneOf(draft)
  const over = `${figure.key} in buckets of ${draft.interval}, ${zone.label}`
  const most = drawn < lines.groups ? `, the ${MOST_LINES} of ${lines.groups} groups with most requests` : ''
  caption.textContent = `${over}${most}`
  const label = `${over}${most}: ${drawn} ${drawn === 1 ? 'line' : 'lines'}; the table has the numbers`
  const [start, end] = [Date.parse(window.startTs) / 1000, Date.parse(window.endTs) / 1000]
  const range: readonly [number, number] = [Math.min(start, lines.times[0] ?? start), end]
  return drawPlot({ room: canvas, label, lines, unit: figure.unit, timeZone: zone.name, range })
}

const drawGroups = (answer: Answer, figure: Figure, canvas: HTMLElement, caption: HTMLElement): void => {
  const { length } = answer.rows
  caption.textContent = `${figure.key} by ${answer.groups.join(', ')}${length > MOST_BARS ? `, the first ${MOST_BARS} of ${length}` : ''}`
  canvas.append(drawBars(answer, figure))
}
