import { element } from './dom.js'

/**
 * Makes the names in a plot's legend buttons that take their lines out of sight and back. The plot itself takes clicks on them; a
 * button brings the keyboard, and says whether its line is seen. `onHidden` is told the lines that are out of sight, counted from 1.
 */
export const legendButtons = (plot: uPlot, onHidden: (hidden: ReadonlySet<number>) => void): void => {
  const heads = [...plot.root.querySelectorAll('.u-legend .u-series th')].slice(1)
  const buttons = heads.map((head) => {
    const made = element('button', { type: 'button' }, ...head.childNodes)
    head.append(made)
    // After the plot's own listener, which stands at the head inside this row.
    head.parentElement?.addEventListener('click', () => tell())
    return made
  })
  const tell = () => {
    const isShown = (at: number): boolean => plot.series[at + 1]?.show === true
    for (const [at, made] of buttons.entries()) made.setAttribute('aria-pressed', String(isShown(at)))
    onHidden(new Set(buttons.flatMap((_button, at) => (isShown(at) ? [] : [at + 1]))))
  }
  tell()
}
