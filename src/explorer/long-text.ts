import { element } from './dom.js'

/** Longer texts are mostly lists of names, and push away what they are about. */
const MOST = 180

/** Where one is cut, at the latest. */
const HEAD = 140

/** A text as it is, or where it is long its beginning, with the rest at hand. */
export const longText = (text: string): HTMLElement | string => {
  if (text.length <= MOST) return text
  const blank = text.lastIndexOf(' ', HEAD)
  const at = blank > 0 ? blank : HEAD
  return element('details', {}, element('summary', {}, `${text.slice(0, at)} …`), `… ${text.slice(at).trim()}`)
}
