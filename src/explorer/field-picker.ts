import { type Field, METADATA } from './catalogue.js'
import { type Choice, element, on, option } from './dom.js'

/** What can be picked and what is: `name` is a field in any of its spellings, or a metadata key behind `METADATA`. */
export type FieldPickerOptions = {
  readonly id: string
  readonly label: string
  readonly name: string
  readonly fields: readonly Field[]
  /** Metadata keys may be picked. */
  readonly metadata: boolean
  /** Of the choices that this deployment cannot answer. */
  readonly use: string
  /** Another field was picked. */
  readonly onPick: (name: string) => void
  /** Another metadata key was typed. */
  readonly onKey: (name: string) => void
}

/** Picks a field of the catalogue, or any metadata key by its name. */
export const fieldPicker = ({ id, label, name, fields, metadata, use, onPick, onKey }: FieldPickerOptions) => {
  const isMetadata = name.startsWith(METADATA)
  const known = fields.find((field) => field.name === name || field.otherNames.includes(name))
  const choices: readonly Choice[] = [
    // A link may name what is not in the catalogue: it is shown as it is, and the service says what is wrong with it.
    ...(known === undefined && !isMetadata ? [{ value: name, label: name }] : []),
    ...fields.map((field) => ({
      value: field.name,
      label: field.ruledOut.includes(use) ? `${field.name} (not here)` : field.name,
    })),
    ...(metadata ? [{ value: METADATA, label: 'metadata key…' }] : []),
  ]
  const picked = isMetadata ? METADATA : (known?.name ?? name)
  const select = element(
    'select',
    { id, 'aria-label': label },
    choices.map((choice) => option(choice, picked)),
  )
  on(select, 'change', () => onPick(select.value))
  if (!isMetadata) return element('div', { class: 'picker' }, select)
  const key = element('input', {
    id: `${id}-key`,
    type: 'text',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    placeholder: 'key, as in env',
    'aria-label': `${label}: metadata key`,
  })
  key.value = name.slice(METADATA.length)
  on(key, 'input', () => onKey(`${METADATA}${key.value}`))
  return element('div', { class: 'picker' }, select, key)
}
