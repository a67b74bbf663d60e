import { button, element } from './dom.js'
import type { Fault, Refusal } from './service.js'

/** Why there is no answer, and what can be done. `faults`: those that stand at no control; the others are said there. */
export const drawRefusal = (refusal: Refusal, faults: readonly Fault[], again: () => void): HTMLElement => {
  const { status, code, message, retryAfter, requestId } = refusal
  const placed = refusal.faults.length - faults.length
  const rest = faults.filter(
    (fault, at) => fault.message !== message && faults.findIndex((one) => one.message === fault.message) === at,
  )
  return element(
    'div',
    { class: 'refusal', role: 'alert' },
    element('h2', {}, titleOf(refusal)),
    element('p', {}, placed > 1 ? `${placed} of its parts are marked, each with what is wrong there.` : message),
    rest.length === 0
      ? null
      : element(
          'ul',
          {},
          rest.map(({ path, message }) =>
            element('li', {}, path === '' ? null : element('code', {}, path), ` ${message}`),
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
