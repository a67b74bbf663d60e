import { METADATA } from './catalogue.js'
import { button, element, labelled, on } from './dom.js'
import { fieldPicker } from './field-picker.js'
import { type Desk, replaced } from './form-desk.js'

/** The fields to group by, and how many of the groups are wanted. */
export const groupsPart = (desk: Desk): HTMLElement => {
  const { groupBy, limit } = desk.draft()
  const { fields, metadata } = desk.datasource()
  const groupable = fields.filter((field) => field.groupable)
  const set = (at: number, name: string | null) => replaced(desk.draft().groupBy, at, name)
  const rows = groupBy.map((name, at) => {
    const picker = fieldPicker({
      id: `group-${at}`,
      label: `Group ${at + 1}`,
      name,
      fields: groupable,
      metadata: metadata.groupable,
      use: 'groupBy',
      onPick: (picked) =>
        desk.rebuild({ groupBy: set(at, picked) }, picked === METADATA ? `group-${at}-key` : undefined),
      onKey: (picked) => desk.change({ groupBy: set(at, picked) }),
    })
    const remove = button('×', { class: 'quiet', 'aria-label': `Remove group ${at + 1}` }, () =>
      desk.rebuild({ groupBy: set(at, null) }, 'add-group'),
    )
    return element('li', { class: 'row group', 'data-path': `/groupBy/${at}` }, picker, remove)
  })
  const add = button('Add a group', { id: 'add-group', class: 'add' }, () => {
    const { groupBy } = desk.draft()
    const free = groupable.find(({ name }) => !groupBy.includes(name))?.name ?? METADATA
    desk.rebuild({ groupBy: [...groupBy, free] }, `group-${groupBy.length}`)
  })
  return element(
    'fieldset',
    { class: 'part' },
    element('legend', {}, 'Groups'),
    element('ul', { class: 'rows', 'data-path': '/groupBy' }, rows),
    add,
    groupBy.length > 0 || limit !== '' ? limitField(desk) : null,
  )
}

const limitField = (desk: Desk): HTMLElement => {
  const input = element('input', {
    id: 'limit',
    type: 'text',
    inputmode: 'numeric',
    autocomplete: 'off',
    placeholder: 'all',
    'data-path': '/limit',
  })
  input.value = desk.draft().limit
  on(input, 'input', () => desk.change({ limit: input.value }))
  return labelled('Top groups, by total', input)
}
