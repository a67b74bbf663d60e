import { button, element } from './dom.js'

/** A text to take away: shown as it is, with a button that copies it. */
export const copyable = (label: string, source: string): HTMLElement => {
  const shown = element('pre', { tabindex: '0', 'aria-label': label }, source)
  const status = element('span', { role: 'status', class: 'hint' })
  const copy = button('Copy', { 'aria-label': `Copy ${label}` }, async () => {
    const done = await copyText(source, shown)
    status.textContent = done ? 'Copied.' : 'Selected: copy it with the keyboard.'
  })
  return element('section', { class: 'copyable' }, element('header', {}, element('h3', {}, label), status, copy), shown)
}

/** The clipboard is there over https and on loopback alone; elsewhere the text is selected, to be copied by hand. */
const copyText = async (source: string, shown: HTMLElement): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(source)
    return true
  } catch {
    window.getSelection()?.selectAllChildren(shown)
    return false
  }
}
