import { element, on } from './dom.js'

/** What may be completed: a value, and a word about it. */
export type Completion = { readonly value: string; readonly note?: string }

/** Completions of what was typed, best first, or why there are none. */
export type Completions = (typed: string, signal: AbortSignal) => Promise<readonly Completion[] | string>

/** A text input and where its completions come from. `numeric`: a phone shows its digits. */
export type ComboboxOptions = {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly placeholder?: string
  readonly numeric?: boolean
  readonly completions: Completions
  /** Told of every change of the text. */
  readonly onInput: (value: string) => void
  /** A completion was chosen; the text is what it answers. */
  readonly onChoose?: (value: string) => string
}

const PATIENCE_MS = 150

/**
 * A text input with completions below it. Arrow keys walk them, Enter or a click takes one, Escape closes them; with none chosen Enter
 * is the form's, and ends completing too. Anything may be typed.
 */
export const combobox = (
  options: ComboboxOptions,
): { readonly root: HTMLElement; readonly input: HTMLInputElement } => {
  const { id, completions, onInput, onChoose } = options
  const input = element('input', {
    id,
    type: 'text',
    role: 'combobox',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    inputmode: options.numeric ? 'decimal' : null,
    placeholder: options.placeholder,
    'aria-label': options.label,
    'aria-expanded': 'false',
    'aria-controls': `${id}-completions`,
    'aria-autocomplete': 'list',
  })
  input.value = options.value
  const popup = element('ul', {
    id: `${id}-completions`,
    role: 'listbox',
    'aria-label': `Values: ${options.label}`,
    hidden: true,
  })
  const note = element('p', { class: 'completions-note', role: 'status', hidden: true })
  let shown: readonly Completion[] = []
  let active = -1
  let asking: AbortController | null = null
  let timer = 0

  const close = () => {
    asking?.abort()
    window.clearTimeout(timer)
    popup.hidden = true
    note.hidden = true
    active = -1
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
  }
  const choose = (index: number) => {
    const chosen = shown[index]
    if (chosen === undefined) return
    input.value = onChoose?.(chosen.value) ?? chosen.value
    onInput(input.value)
    close()
  }
  const activate = (index: number) => {
    active = index
    for (const [at, row] of [...popup.children].entries()) {
      row.setAttribute('aria-selected', String(at === index))
      if (at !== index) continue
      row.scrollIntoView({ block: 'nearest' })
      input.setAttribute('aria-activedescendant', row.id)
    }
  }
  const show = (found: readonly Completion[] | string) => {
    shown = typeof found === 'string' ? [] : found
    popup.replaceChildren(
      ...shown.map(({ value, note: about }, index) => {
        const row = element(
          'li',
          { id: `${id}-completion-${index}`, role: 'option', 'aria-selected': 'false' },
          element('span', {}, value),
          about === undefined ? null : element('small', {}, about),
        )
        // Before the input loses its focus.
        row.addEventListener('pointerdown', (event) => event.preventDefault())
        row.addEventListener('click', () => choose(index))
        return row
      }),
    )
    popup.hidden = shown.length === 0
    note.hidden = typeof found !== 'string'
    note.textContent = typeof found === 'string' ? found : ''
    active = -1
    input.removeAttribute('aria-activedescendant')
    input.setAttribute('aria-expanded', String(shown.length > 0))
  }
  const complete = (wait: number) => {
    asking?.abort()
    window.clearTimeout(timer)
    timer = window.setTimeout(async () => {
      const mine = new AbortController()
      asking = mine
      const found = await completions(input.value, mine.signal).catch(() => [])
      if (!mine.signal.aborted && document.activeElement === input) show(found)
    }, wait)
  }

  on(input, 'input', () => {
    onInput(input.value)
    complete(PATIENCE_MS)
  })
  on(input, 'blur', close)
  on(input, 'click', () => {
    if (popup.hidden) complete(0)
  })
  on(input, 'keydown', (event) => {
    const isOpen = !popup.hidden
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      if (!isOpen) complete(0)
      else activate((Math.max(active, step > 0 ? -1 : 0) + step + shown.length) % shown.length)
    } else if (event.key === 'Enter' && isOpen && active >= 0) {
      event.preventDefault()
      choose(active)
    } else if (event.key === 'Enter') {
      // Those that were still being looked for would open over what comes next.
      close()
    } else if (event.key === 'Escape' && (isOpen || !note.hidden)) {
      event.preventDefault()
      event.stopPropagation()
      close()
    }
  })
  return { root: element('div', { class: 'combobox' }, input, popup, note), input }
}
