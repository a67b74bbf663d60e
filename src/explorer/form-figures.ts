import { button, element, on, option } from './dom.js'
import { type Desk, replaced } from './form-desk.js'
import type { Aggregation } from './question.js'

/** The aggregations: each a column and what to compute of it. */
export const figuresPart = (desk: Desk): HTMLElement => {
  const offers = offersOf(desk)
  const rows = desk.draft().aggregations.map((aggregation, at) => figureRow(desk, offers, aggregation, at))
  const first = offers[0]
  const add = button('Add a figure', { id: 'add-figure', class: 'add' }, () => {
    const { aggregations } = desk.draft()
    const free = offers.find(({ column }) => !aggregations.some((one) => one.column === column)) ?? first
    if (free === undefined) return
    const type = free.types.includes('sum') ? 'sum' : (free.types[0] ?? 'count')
    const next = [...aggregations, { type, column: free.column }]
    desk.rebuild({ aggregations: next }, `figure-${next.length - 1}-column`)
  })
  return element(
    'fieldset',
    { class: 'part' },
    element('legend', {}, 'Figures'),
    element('p', { class: 'hint' }, 'Every row has total, its number of requests.'),
    element('ul', { class: 'rows' }, rows),
    add,
  )
}

type Offer = {
  readonly column: string
  readonly types: readonly string[]
  readonly ruledOut: readonly string[]
  readonly isField: boolean
}

const offersOf = (desk: Desk): readonly Offer[] => {
  const { columns, fields } = desk.datasource()
  const ofColumns = columns.map(({ name, aggregations, ruledOut }) => ({
    column: name,
    types: aggregations,
    ruledOut,
    isField: false,
  }))
  const ofFields = fields.map(({ name, aggregations, ruledOut }) => ({
    column: name,
    types: aggregations,
    ruledOut,
    isField: true,
  }))
  return [...ofColumns, ...ofFields].filter(
    ({ types, column }, at, all) => types.length > 0 && all.findIndex((one) => one.column === column) === at,
  )
}

const figureRow = (desk: Desk, offers: readonly Offer[], aggregation: Aggregation, at: number): HTMLElement => {
  const { type, column } = aggregation
  const id = `figure-${at}`
  const offer = offers.find((one) => one.column === column)
  const types = offer?.types ?? []
  // Controls outlive changes: what stands beside them is read when it is needed.
  const replace = (change: (now: Aggregation) => Aggregation | null) => {
    const now = desk.draft().aggregations
    return { aggregations: replaced(now, at, change(now[at] ?? aggregation)) }
  }
  const group = (label: string, isField: boolean) =>
    element(
      'optgroup',
      { label },
      offers
        .filter((one) => one.isField === isField)
        .map((one) => option({ value: one.column, label: one.column }, column)),
    )
  const columnSelect = element(
    'select',
    { id: `${id}-column`, 'aria-label': `Figure ${at + 1}: column`, 'data-path': `/aggregations/${at}/column` },
    offer === undefined ? option({ value: column, label: column }, column) : null,
    group('Columns', false),
    group('Fields', true),
  )
  const typeSelect = element(
    'select',
    { id: `${id}-type`, 'aria-label': `Figure ${at + 1}: what of it`, 'data-path': `/aggregations/${at}/type` },
    types.includes(type) ? null : option({ value: type, label: type }, type),
    types.map((value) =>
      option({ value, label: offer?.ruledOut.includes(value) ? `${value} (not here)` : value }, type),
    ),
  )
  on(columnSelect, 'change', () => {
    const column = columnSelect.value
    const of = offers.find((one) => one.column === column)?.types ?? []
    desk.rebuild(replace(({ type }) => ({ type: of.includes(type) ? type : (of[0] ?? type), column })))
  })
  on(typeSelect, 'change', () => desk.change(replace(({ column }) => ({ type: typeSelect.value, column }))))
  const remove = button('×', { class: 'quiet', 'aria-label': `Remove figure ${at + 1}` }, () =>
    desk.rebuild(
      replace(() => null),
      'add-figure',
    ),
  )
  return element('li', { class: 'row', 'data-path': `/aggregations/${at}` }, typeSelect, columnSelect, remove)
}
