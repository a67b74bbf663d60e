import { button, element } from './dom.js'
import { longText } from './long-text.js'
import type { Fault, Refusal } from './service.js'

/** A refusal, and what its buttons do. */
export type RefusalOptions = {
  readonly refusal: Refusal
  /** The faults that stand at no control; the others are said there, and there alone. */
  readonly left: readonly Fault[]
  readonly again: () => void
  /** Goes to the first control with a fault. */
  readonly show: () => void
}

/** Why there is no answer, and what can be done. */
export const drawRefusal = ({ refusal, left, again, show }: RefusalOptions): HTMLElement => {
  const { status, code, retryAfter, requestId } = refusal
  const message = messageOf(refusal)
  const placed = refusal.faults.length - left.length
  const rest = left.filter(
    (fault, at) =>
      (placed > 0 || fault.message !== message) && left.findIndex((one) => one.message === fault.message) === at,
  )
  return element(
    'div',
    { class: 'refusal', role: 'alert' },
    element('h2', {}, titleOf(refusal)),
    placed === 0
      ? element('div', {}, longText(message))
      : element(
          'p',
          {},
          placed === 1
            ? 'A part of it is marked in the form, with what is wrong there.'
            : `${placed} of its parts are marked in the form, each with what is wrong there.`,
        ),
    placed === 0 ? null : button(placed === 1 ? 'Go to it' : 'Go to the first', { class: 'add' }, show),
    rest.length === 0
      ? null
      : element(
          'ul',
          {},
          rest.map(({ path, message }) =>
            element('li', {}, path === '' ? null : element('code', {}, path), ' ', longText(message)),
          ),
        ),
    retryAfter === null
      ? null
      : element('p', {}, `It says to come back in ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'}.`),
    status === 0 || status >= 500 ? button('Ask again', { class: 'add' }, again) : null,
    element(
      'p',
      { class: 'hint' },
      status === 0 ? code : `${status} ${code}`,
      requestId === null ? '' : ` · request ${requestId}`,
    ),
  )
}

/** What is wrong, in words that fit this page: the service tells callers what header to send. */
export const messageOf = ({ code, message }: Refusal): string =>
  code === 'UNAUTHENTICATED' ? 'The credential was not taken: give another at the top of this page.' : message

const titleOf = ({ status, code }: Refusal): string => {
  if (status === 0) return 'No reply'
  if (status === 401) return 'Not let in'
  if (status === 403) return 'Not allowed'
  if (status === 400) return 'The question has a fault'
  if (code === 'PLAN_TOO_EXPENSIVE') return 'The answer would take too many calls'
  if (status === 422) return 'Portkey cannot answer this exactly'
  if (status === 503 || status === 429) return 'Not now'
  if (status === 504) return 'It took too long'
  return 'No answer'
}
