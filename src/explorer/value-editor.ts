import { type Completions, combobox } from './combobox.js'
import { button, element, on, option } from './dom.js'
import { shapeOf } from './operators.js'
import { type FilterValue, numberOr, type Scalar } from './question.js'

/** Which value is edited, for which field and operator. `onValue` is told of every change, however unfinished. */
export type ValueEditorOptions = {
  readonly id: string
  /** Of the filter, for those who hear the page. */
  readonly label: string
  readonly operator: string
  /** `number`, `boolean`, …: what the field holds. */
  readonly type: string
  readonly value: FilterValue
  readonly completions: Completions
  readonly onValue: (value: FilterValue) => void
}

/** The control in which a filter's value is given, by its operator and field. */
export const valueEditor = (options: ValueEditorOptions): HTMLElement => {
  switch (shapeOf(options.operator)) {
    case 'flag':
      return flag(options, [
        [true, 'yes, null alone'],
        [false, 'no, all but null'],
      ])
    case 'one':
      return options.type === 'boolean'
        ? flag(options, [
            [true, 'true'],
            [false, 'false'],
          ])
        : one(options)
    case 'range':
      return range(options)
    case 'list':
      return many(options)
  }
}

const flag = (
  { id, label, value, onValue }: ValueEditorOptions,
  choices: readonly (readonly [boolean, string])[],
): HTMLElement => {
  const control = element(
    'select',
    { id, 'aria-label': `${label}: value` },
    choices.map(([choice, name]) => option({ value: String(choice), label: name }, String(value === true))),
  )
  if (typeof value !== 'boolean') {
    control.value = 'true'
    onValue(true)
  }
  return on(control, 'change', () => onValue(control.value === 'true'))
}

const one = ({ id, label, value, type, completions, onValue }: ValueEditorOptions): HTMLElement =>
  combobox({
    id,
    label: `${label}: value`,
    value: value === null ? '' : String(value),
    placeholder: 'value',
    numeric: type === 'number',
    completions,
    onInput: (typed) => onValue(read(typed, type)),
  }).root

const range = ({ id, label, value, onValue }: ValueEditorOptions): HTMLElement => {
  const values = Array.isArray(value) ? value : []
  const [least, most] = ['least', 'most'].map((name, at) => {
    const input = element('input', {
      id: `${id}-${name}`,
      type: 'text',
      inputmode: 'decimal',
      autocomplete: 'off',
      placeholder: name,
      'aria-label': `${label}: ${name}`,
    })
    input.value = values[at] === undefined ? '' : String(values[at])
    return input
  })
  if (least === undefined || most === undefined) throw new Error('a range has two ends')
  const tell = () => onValue([least.value, most.value].filter((typed) => typed.trim() !== '').map(numberOr))
  return element(
    'div',
    { class: 'range' },
    on(least, 'input', tell),
    element('span', {}, 'and'),
    on(most, 'input', tell),
  )
}

/** Values that were taken, each with a button that lets it go, and an input for the next. */
const many = ({ id, label, value, type, completions, onValue }: ValueEditorOptions): HTMLElement => {
  let taken: readonly Scalar[] = Array.isArray(value) ? value : []
  let typing = ''
  const chips = element('ul', { class: 'chips', 'aria-label': `${label}: values` })
  // What stands in the input counts: nobody should have to know that it wants an Enter.
  const tell = () => {
    const pending = read(typing, type)
    onValue(pending === null ? taken : [...new Set([...taken, pending])])
  }
  const keep = (values: readonly Scalar[]) => {
    taken = [...new Set(values)]
    draw()
    tell()
  }
  const take = (typed: string): string => {
    const next = read(typed, type)
    typing = ''
    if (next !== null) keep([...taken, next])
    return ''
  }
  const { root, input } = combobox({
    id,
    label: `${label}: another value`,
    value: '',
    placeholder: 'add a value',
    numeric: type === 'number',
    completions,
    onInput: (typed) => {
      typing = typed
      tell()
    },
    onChoose: take,
  })
  const draw = () => {
    chips.hidden = taken.length === 0
    chips.replaceChildren(
      ...taken.map((one) => {
        const remove = button('×', { 'aria-label': `Remove ${one}`, class: 'quiet' }, () => {
          keep(taken.filter((other) => other !== one))
          input.focus()
        })
        return element('li', {}, element('span', {}, String(one)), remove)
      }),
    )
  }
  on(input, 'keydown', (event) => {
    if (event.defaultPrevented) return
    if (event.key === 'Enter' && input.value.trim() !== '') {
      event.preventDefault()
      input.value = take(input.value)
    } else if (event.key === 'Backspace' && input.value === '' && taken.length > 0) keep(taken.slice(0, -1))
  })
  draw()
  return element('div', { class: 'many' }, chips, root)
}

/** What was typed, as the field's type has it; `null` = nothing. */
const read = (typed: string, type: string): Scalar | null => {
  if (typed === '') return null
  if (type === 'number') return numberOr(typed)
  if (type === 'boolean' && (typed === 'true' || typed === 'false')) return typed === 'true'
  return typed
}
