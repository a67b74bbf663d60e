import { element } from './dom.js'

/** What a reply says about itself in its headers, in words; what is not said is left out. */
export const reportOf = (headers: Headers, ms: number): readonly (readonly [string, string])[] => {
  const said = (name: string) => headers.get(name) ?? ''
  const age = said('age')
  return [
    ['x-cache', said('x-cache')],
    ['x-upstream-calls', said('x-upstream-calls')],
    ['age', age === '' ? '' : `${age} s`],
    ['x-settled-until', said('x-settled-until')],
    ['server-timing', timing(said('server-timing'))],
    ['warning', said('warning')],
    ['x-request-id', said('x-request-id')],
    ['here', `${Math.round(ms)} ms in all`],
  ].flatMap(([name = '', value = '']) => (value === '' ? [] : [[name, value] as const]))
}

/** `plan;dur=0.5, upstream;dur=12.0` as `plan 0.5 ms, upstream 12 ms`. */
export const timing = (header: string): string =>
  [...header.matchAll(/([\w-]+);dur=([\d.]+)/g)].map(([, name, ms]) => `${name} ${Number(ms)} ms`).join(', ')

/** That report as a list; a warning and stale data stand out. `ms`: how long the page waited. */
export const drawReport = (headers: Headers, ms: number): HTMLElement =>
  element(
    'dl',
    { class: 'report', 'aria-label': 'About the answer' },
    reportOf(headers, ms).map(([name, value]) =>
      element(
        'div',
        { class: name === 'warning' || value === 'stale' ? 'warn' : null },
        element('dt', {}, name),
        element('dd', {}, value),
      ),
    ),
  )
