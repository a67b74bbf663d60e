import { cutNames } from './answer.js'
import { short } from './figures.js'
import { legendButtons } from './legend.js'
import type { Lines } from './series.js'

/** What is drawn, and where. */
export type PlotOptions = {
  readonly room: HTMLElement
  /** What is drawn, for those who do not see it. */
  readonly label: string
  readonly lines: Lines
  readonly unit: string
  /** IANA name of the zone whose clock the axis shows. */
  readonly timeZone: string
  /** Epoch seconds: the window that was asked. */
  readonly range: readonly [number, number]
}

/** A drawn plot. It follows the width of its room and the scheme of the page until it is taken down. */
export type Plot = { readonly remove: () => void }

const LEAST_HEIGHT = 220
const MOST_HEIGHT = 340

/** Draws lines over time. */
export const drawPlot = (options: PlotOptions): Plot => {
  const scheme = window.matchMedia('(prefers-color-scheme: dark)')
  // Lines that were taken out of sight stay so when the plot is drawn anew.
  let hidden: ReadonlySet<number> = new Set()
  const draw = () => {
    const drawn = new uPlot(optionsOf(options, hidden), dataOf(options.lines), options.room)
    const wrap = drawn.over.parentElement
    wrap?.setAttribute('role', 'img')
    wrap?.setAttribute('aria-label', options.label)
    legendButtons(drawn, (next) => {
      hidden = next
    })
    return drawn
  }
  let plot = draw()
  const redraw = () => {
    plot.destroy()
    plot = draw()
  }
  let width = options.room.clientWidth
  const observer = new ResizeObserver(() => {
    if (options.room.clientWidth === width) return
    width = options.room.clientWidth
    plot.setSize(sizeOf(options.room))
  })
  observer.observe(options.room)
  scheme.addEventListener('change', redraw)
  return {
    remove: () => {
      observer.disconnect()
      scheme.removeEventListener('change', redraw)
      plot.destroy()
    },
  }
}

const dataOf = ({ times, lines }: Lines): uPlot.AlignedData => [[...times], ...lines.map(({ values }) => [...values])]

const sizeOf = (room: HTMLElement) => ({
  width: room.clientWidth,
  height: Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, Math.round(room.clientWidth * 0.42))),
})

const optionsOf = ({ room, lines, unit, timeZone, range }: PlotOptions, hidden: ReadonlySet<number>): uPlot.Options => {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const axis = {
    stroke: colour('--muted'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1, size: 4 },
  }
  const names = cutNames(
    lines.lines.map(({ name }) => name),
    40,
  )
  const look = { unit, colour, alone: lines.lines.length === 1 }
  const few = lines.times.length <= 60
  const zoned = (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), timeZone)
  const stamp = uPlot.fmtDate('{YYYY}-{MM}-{DD} {HH}:{mm}')
  return {
    ...sizeOf(room),
    tzDate: zoned,
    scales: { x: { range: [range[0], range[1]] }, y: { range: (_plot, least, most) => yRange(least, most) } },
    axes: [
      { ...axis, values: AXIS_STAMPS, space: 64 },
      { ...axis, size: 64, values: (_plot, values) => values.map((value) => short(value, unit)) },
    ],
    cursor: { y: false, points: { size: 7 } },
    legend: { live: true, markers: { fill: (_plot, at) => colour(`--line-${at - 1}`) } },
    series: [
      { label: 'Time', value: (_plot, seconds, _at, index) => (index === null ? '' : stamp(zoned(seconds))) },
      ...names.map((name, at) => ({ ...seriesOf(name, at, { ...look, few }), show: !hidden.has(at + 1) })),
    ],
  }
}

/** Times of day, and the date where a day begins. */
const AXIS_STAMPS: uPlot.Axis.Values = [
  [86_400 * 28, '{YYYY}-{MM}', null, null, null, null, null, null, 1],
  [86_400, '{MMM} {D}', '\n{YYYY}', null, null, null, null, null, 1],
  [3_600, '{HH}:{mm}', '\n{MMM} {D}', null, '\n{MMM} {D}', null, null, null, 1],
  [60, '{HH}:{mm}', '\n{MMM} {D}', null, '\n{MMM} {D}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', '\n{MMM} {D}', null, '\n{MMM} {D}', null, null, null, 1],
]

type Look = {
  readonly few: boolean
  readonly unit: string
  readonly alone: boolean
  readonly colour: (name: string) => string
}

const seriesOf = (label: string, at: number, { few, unit, alone, colour }: Look): uPlot.Series => ({
  label,
  stroke: colour(`--line-${at}`),
  width: 2,
  points: { show: few, size: 5 },
  ...(alone && { fill: colour('--line-fill') }),
  // Without a cursor there is nothing to say, and where nothing is known that is said.
  value: (_plot, value, _at, index) => (index === null ? '' : value === null ? 'null' : short(value, unit)),
})

/** From zero up, and below it only where there is something. */
const yRange = (least: number | null, most: number | null): [number, number] => {
  const [low, high] = [Math.min(0, least ?? 0), Math.max(0, most ?? 0)]
  return low === high ? [0, 1] : [low * 1.05, high * 1.05]
}
