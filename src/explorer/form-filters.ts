import { type Field, findField, METADATA } from './catalogue.js'
import { among, valuesOf } from './completions.js'
import { button, element, on, option } from './dom.js'
import { fieldPicker } from './field-picker.js'
import { type Desk, replaced } from './form-desk.js'
import { operatorLabel, shapeOf, withOperator } from './operators.js'
import type { Filter } from './question.js'
import { windowOf } from './span.js'
import { valueEditor } from './value-editor.js'

/** The filters; all must hold. */
export const filtersPart = (desk: Desk): HTMLElement => {
  const filterable = desk.datasource().fields.filter(({ operators }) => operators.length > 0)
  const add = button('Add a filter', { id: 'add-filter', class: 'add' }, () => {
    const next = fresh(filterable[0] ?? { ...desk.datasource().metadata, name: METADATA })
    const { filters } = desk.draft()
    desk.rebuild({ filters: [...filters, next] }, `filter-${filters.length}-field`)
  })
  return element(
    'fieldset',
    { class: 'part' },
    element('legend', {}, 'Filters'),
    element(
      'ul',
      { class: 'rows', 'data-path': '/filters' },
      desk.draft().filters.map((filter, at) => filterRow(desk, filterable, filter, at)),
    ),
    add,
  )
}

/** A filter on a field, by the first of its operators. */
const fresh = ({ name, operators }: Field): Filter => {
  const operator = operators[0] ?? 'EQUAL'
  return { field: name, operator, value: shapeOf(operator) === 'flag' ? true : null }
}

const filterRow = (desk: Desk, filterable: readonly Field[], filter: Filter, at: number): HTMLElement => {
  const id = `filter-${at}`
  const label = `Filter ${at + 1}`
  const field = findField(desk.datasource(), filter.field)
  const now = () => desk.draft().filters[at] ?? filter
  const set = (next: Filter | null) => ({ filters: replaced(desk.draft().filters, at, next) })
  const picker = fieldPicker({
    id: `${id}-field`,
    label: `${label}: field`,
    name: filter.field,
    fields: filterable,
    metadata: desk.datasource().metadata.operators.length > 0,
    use: '',
    onPick: (name) => {
      const picked = findField(desk.datasource(), name)
      const next = picked === undefined ? { ...now(), field: name, value: null } : fresh(picked)
      desk.rebuild(set(next), name === METADATA ? `${id}-field-key` : undefined)
    },
    onKey: (name) => desk.change(set({ ...now(), field: name })),
  })
  const offered = field?.operators ?? []
  const operators = offered.includes(filter.operator) ? offered : [filter.operator, ...offered]
  const select = element(
    'select',
    { id: `${id}-operator`, 'aria-label': `${label}: operator`, 'data-path': `/filters/${at}/operator` },
    operators.map((value) => option({ value, label: labelOf(field, value) }, filter.operator)),
  )
  on(select, 'change', () => desk.rebuild(set(withOperator(now(), select.value))))
  const values = field?.values ?? []
  const completions =
    values.length > 0
      ? among(values.map(String))
      : valuesOf(desk.service, () => ({
          datasource: desk.draft().datasource,
          field: now().field,
          window: windowOf(desk.draft().span, Date.now()),
        }))
  const editor = valueEditor({
    id: `${id}-value`,
    label,
    operator: filter.operator,
    type: field?.type ?? 'string',
    value: filter.value,
    completions: field?.groupable || values.length > 0 ? completions : async () => [],
    onValue: (value) => desk.change(set({ ...now(), value })),
  })
  const remove = button('×', { class: 'quiet', 'aria-label': `Remove filter ${at + 1}` }, () =>
    desk.rebuild(set(null), 'add-filter'),
  )
  picker.dataset.path = `/filters/${at}/fieldName`
  editor.dataset.path = `/filters/${at}/value`
  return element('li', { class: 'row filter', 'data-path': `/filters/${at}` }, picker, select, remove, editor)
}

const labelOf = (field: Field | undefined, operator: string): string =>
  field?.ruledOut.includes(operator) ? `${operatorLabel(operator)} (not here)` : operatorLabel(operator)
