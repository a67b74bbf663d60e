import { element, on } from './dom.js'

/** A panel and its head. `id` is unique on the page; `onOpen` is called for the one that is seen first, and whenever a head is chosen. */
export type Tab = {
  readonly id: string
  readonly label: string
  readonly panel: HTMLElement
  readonly onOpen?: () => void
}

/** Panels of which one is seen; arrow keys walk their tabs. */
export const tabs = (label: string, all: readonly Tab[], open: string): HTMLElement => {
  const heads = all.map(({ id, label: name }) =>
    element('button', { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}` }, name),
  )
  const show = (at: number, focus: boolean) => {
    for (const [index, { panel }] of all.entries()) {
      const head = heads[index]
      head?.setAttribute('aria-selected', String(index === at))
      head?.setAttribute('tabindex', index === at ? '0' : '-1')
      panel.hidden = index !== at
    }
    if (focus) heads[at]?.focus()
    all[at]?.onOpen?.()
  }
  for (const [at, head] of heads.entries()) {
    on(head, 'click', () => show(at, false))
    on(head, 'keydown', ({ key }) => {
      if (key === 'ArrowRight') show((at + 1) % all.length, true)
      else if (key === 'ArrowLeft') show((at + all.length - 1) % all.length, true)
    })
  }
  for (const { id, panel } of all) {
    panel.id = `panel-${id}`
    panel.setAttribute('role', 'tabpanel')
    panel.setAttribute('aria-labelledby', `tab-${id}`)
  }
  show(
    Math.max(
      0,
      all.findIndex(({ id }) => id === open),
    ),
    false,
  )
  return element(
    'div',
    { class: 'tabs' },
    element('div', { role: 'tablist', 'aria-label': label }, heads),
    ...all.map(({ panel }) => panel),
  )
}
