import { combobox } from './combobox.js'
import { among } from './completions.js'
import { element, labelled, on, option } from './dom.js'
import type { Desk } from './form-desk.js'
import { intervalFor, isPreset, presets, windowOf } from './span.js'

/** When: the window, its buckets, and the clock they follow. */
export const windowPart = (desk: Desk): HTMLElement => {
  const { span, type } = desk.draft()
  const chosen = span.kind === 'preset' ? span.name : 'exact'
  const select = element(
    'select',
    { id: 'window', ...(span.kind === 'preset' && { 'data-path': '/startTs' }) },
    presets.map(({ name, label }) => option({ value: name, label }, chosen)),
    option({ value: 'exact', label: 'From … to …' }, chosen),
  )
  on(select, 'change', () => {
    const name = select.value
    select.dataset.path = isPreset(name) ? '/startTs' : ''
    if (isPreset(name)) desk.rebuild({ span: { kind: 'preset', name }, interval: intervalFor(name) })
    else desk.rebuild({ span: { kind: 'exact', ...windowOf(desk.draft().span, Date.now()) } }, 'window-startTs')
  })
  return element(
    'fieldset',
    { class: 'part' },
    element('legend', {}, 'When'),
    labelled('Window', select),
    ...(span.kind === 'exact' ? [exactWindow(desk)] : []),
    element('div', { class: 'pair' }, type === 'timeseries' ? intervalField(desk) : null, zoneField(desk)),
  )
}

const exactWindow = (desk: Desk): HTMLElement =>
  element(
    'div',
    { class: 'stack' },
    instantField(desk, 'startTs', 'From (UTC)'),
    instantField(desk, 'endTs', 'To (UTC), excluded'),
  )

/** An instant in UTC. What a link brought and no clock can show is kept until it is changed. */
const instantField = (desk: Desk, name: 'startTs' | 'endTs', label: string): HTMLElement => {
  const { span } = desk.draft()
  const instant = span.kind === 'exact' ? Date.parse(span[name]) : Number.NaN
  const shown = Number.isNaN(instant) ? '' : new Date(instant).toISOString().replace(/(:00)?\.000Z$|Z$/, '')
  const input = element('input', {
    id: `window-${name}`,
    type: 'datetime-local',
    step: 'any',
    'data-path': `/${name}`,
    value: shown,
  })
  on(input, 'input', () => {
    const now = desk.draft().span
    if (now.kind !== 'exact') return
    const given = Date.parse(`${input.value}Z`)
    desk.change({ span: { ...now, [name]: Number.isNaN(given) ? input.value : new Date(given).toISOString() } })
  })
  return labelled(label, input)
}

const intervalField = (desk: Desk): HTMLElement => {
  const { root, input } = combobox({
    id: 'interval',
    label: 'Buckets of',
    value: desk.draft().interval,
    placeholder: 'as in 1 hour',
    completions: among(INTERVALS),
    onInput: (interval) => desk.change({ interval }),
  })
  input.dataset.path = '/interval'
  return element('div', { class: 'field' }, element('label', { for: 'interval' }, 'Buckets of'), root)
}

const zoneField = (desk: Desk): HTMLElement => {
  const { root, input } = combobox({
    id: 'zone',
    label: 'Time zone',
    value: desk.draft().timeZone,
    placeholder: 'UTC',
    completions: among(['UTC', ...Intl.supportedValuesOf('timeZone')]),
    onInput: (timeZone) => desk.change({ timeZone }),
  })
  input.dataset.path = '/timeZone'
  return element('div', { class: 'field' }, element('label', { for: 'zone' }, 'Time zone'), root)
}

const INTERVALS = [
  '1 minute',
  '5 minutes',
  '10 minutes',
  '30 minutes',
  '1 hour',
  '3 hours',
  '6 hours',
  '12 hours',
  '1 day',
  '1 week',
  '1 month',
]
