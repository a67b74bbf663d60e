import { element } from './dom.js'
import { longText } from './long-text.js'
import type { Fault } from './service.js'

/** Takes all faults off the controls. */
export const clearFaults = (room: HTMLElement): void => {
  for (const shown of room.querySelectorAll('.fault')) shown.remove()
  for (const control of room.querySelectorAll('[aria-invalid]')) {
    control.removeAttribute('aria-invalid')
    control.removeAttribute('aria-errormessage')
  }
}

/** Shows each fault below the control that it is about; answers those that no control is there for. */
export const showFaults = (room: HTMLElement, faults: readonly Fault[]): readonly Fault[] => {
  clearFaults(room)
  return faults.filter((fault, at) => {
    const place = placeOf(room, fault.path)
    if (place === null) return true
    const message = element('div', { class: 'fault', id: `fault-${at}` }, longText(fault.message))
    const control = place.matches('input, select') ? place : (place.querySelector('input, select') ?? place)
    control.setAttribute('aria-invalid', 'true')
    control.setAttribute('aria-errormessage', message.id)
    const frame = place.closest('li.row, .field') ?? place
    frame.append(message)
    return false
  })
}

/** Moves the focus to the first control that has a fault. */
export const focusFault = (room: HTMLElement): void => {
  const first = room.querySelector('[aria-invalid]')
  if (!(first instanceof HTMLElement)) return
  first.focus()
  // Not all that a fault is about takes the focus.
  first.scrollIntoView({ block: 'center' })
}

/** The element of a JSON pointer, or the nearest one around it. */
const placeOf = (room: HTMLElement, path: string): HTMLElement | null => {
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const place = room.querySelector(`[data-path="${CSS.escape(at)}"]`)
    if (place instanceof HTMLElement) return place
  }
  return null
}
