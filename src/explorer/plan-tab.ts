import { button, element } from './dom.js'
import { longText } from './long-text.js'
import { drawPlan } from './plan-view.js'
import { messageOf } from './refusal-view.js'
import { QUESTION_PATH, type Refusal, type Service } from './service.js'

/** The plan of one body: priced when it is first looked at, run and measured on request. */
export type PlanTab = { readonly panel: HTMLElement; readonly open: () => void }

/** The tab of one body. A refusal is shown in it; only a refused credential is told to `onRefusal`. */
export const planTab = (service: Service, body: unknown, onRefusal: (refusal: Refusal) => void): PlanTab => {
  const shown = element('div', { 'aria-live': 'polite' })
  let began = false
  const load = async (mode: 'true' | 'analyze') => {
    began = true
    shown.replaceChildren(element('p', { class: 'hint' }, mode === 'true' ? 'Planning…' : 'Asking…'))
    const outcome = await service.post(`${QUESTION_PATH}?explain=${mode}`, body)
    if (outcome.kind === 'done') shown.replaceChildren(drawPlan(outcome.body))
    else {
      const { status, code } = outcome.refusal
      const what = `${status === 0 ? '' : `${status} `}${code}: ${messageOf(outcome.refusal)}`
      shown.replaceChildren(element('div', { class: 'fault' }, longText(what)))
      if (status === 401) onRefusal(outcome.refusal)
    }
  }
  const analyze = button('Run and measure it', { class: 'add', title: '?explain=analyze' }, () => void load('analyze'))
  const price = button('Price it again', { class: 'add', title: '?explain=true' }, () => void load('true'))
  return {
    panel: element('div', {}, element('div', { class: 'actions' }, price, analyze), shown),
    open: () => {
      if (!began) void load('true')
    },
  }
}
