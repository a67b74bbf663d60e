import { element } from './dom.js'

/** What stands where the answer will be. */
export const drawEmpty = (text: string): HTMLElement => element('p', { class: 'empty' }, text)

/** What could not be read of a link, which therefore was not asked. */
export const drawLinkFaults = (faults: readonly string[]): HTMLElement =>
  element(
    'div',
    { class: 'refusal', role: 'alert' },
    element('h2', {}, 'This link could not be read whole'),
    element('p', {}, 'It was not asked: it would be another question. The form has what could be read; all but:'),
    element(
      'ul',
      {},
      faults.map((fault) => element('li', {}, fault)),
    ),
    element('p', {}, 'Complete it there, then press Ask.'),
  )

/** A fault of this page itself. */
export const drawFailure = (error: unknown): HTMLElement =>
  element(
    'div',
    { class: 'refusal', role: 'alert' },
    element('h2', {}, 'This page failed'),
    element('p', {}, `${String(error)}. Reload it: the question is in its address.`),
  )
