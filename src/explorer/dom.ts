type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>
type Child = Node | string | null

/** An element with attributes (`true` = present, `false` and `null` = absent) and children. Texts are texts, never markup. */
export const element = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[Tag] => {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '')
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value))
  }
  made.append(...children.flat().filter((child) => child !== null))
  return made
}

/** The element of an id, of the kind that is expected. Throws where the page has none. */
export const byId = <Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind => {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`the page has no ${kind.name} with the id ${id}`)
}

/** Calls back on an event, and answers the element. */
export const on = <Target extends HTMLElement, Name extends keyof HTMLElementEventMap>(
  target: Target,
  name: Name,
  listener: (event: HTMLElementEventMap[Name]) => void,
): Target => {
  target.addEventListener(name, listener)
  return target
}

/** A choice of a `<select>`. */
export type Choice = { readonly value: string; readonly label: string }

/** One `<option>`, selected where its value is the chosen one. */
export const option = ({ value, label }: Choice, chosen: string): HTMLOptionElement =>
  element('option', { value, selected: value === chosen }, label)

/** A button that does something in this page. */
export const button = (label: string, attributes: Attributes, act: () => void): HTMLButtonElement =>
  on(element('button', { type: 'button', ...attributes }, label), 'click', act)

/** A control below its label. */
export const labelled = (label: string, control: HTMLElement, ...after: readonly HTMLElement[]): HTMLDivElement =>
  element('div', { class: 'field' }, element('label', { for: control.id }, label), control, ...after)
