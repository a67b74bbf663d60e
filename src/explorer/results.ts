import { type Answer, readAnswer } from './answer.js'
import type { Catalogue } from './catalogue.js'
import { drawChart } from './chart.js'
import { copyable } from './copying.js'
import { type AuthMode, curlOf } from './curl.js'
import { element } from './dom.js'
import { drawFailure } from './notices.js'
import { planTab } from './plan-tab.js'
import { bodyOf, type Draft, tidy } from './question.js'
import { drawRefusal } from './refusal-view.js'
import { drawReport } from './report.js'
import { addressTo, type Fault, QUESTION_PATH, type Refusal, rowsOf, type Service } from './service.js'
import { windowOf } from './span.js'
import { drawTable } from './table.js'
import { tabs } from './tabs.js'

/** Where results are shown, what they are made with, and who is told of what is under way. */
export type ResultsOptions = {
  readonly room: HTMLElement
  readonly service: Service
  readonly catalogue: Catalogue
  readonly authMode: AuthMode
  /** Shows faults at the controls; answers those that no control is there for. */
  readonly onFaults: (faults: readonly Fault[]) => readonly Fault[]
  /** Goes to the first control with a fault. */
  readonly onShowFault: () => void
  readonly onRefused: (refusal: Refusal) => void
  /** A question is under way, or none any more. */
  readonly onBusy: (isBusy: boolean) => void
}

/** The part of the page that asks and shows. One question at a time: a new one takes the place of the last. */
export type Results = {
  /** Asks and shows the answer; one that is under way is given up. `look`: show the plan first and ask nothing. */
  readonly ask: (draft: Draft, look?: 'plan') => Promise<void>
  /** Gives up what is under way; the reply before it stays. */
  readonly cancel: () => void
  /** Gives up what is under way, and shows something else in place of all replies. */
  readonly clear: (notice: HTMLElement) => void
}

/** Asks questions, and shows what comes back. */
export const createResults = (options: ResultsOptions): Results => {
  const { room, service, catalogue, authMode, onBusy } = options
  const status = element('p', { class: 'status', role: 'status' })
  const shown = element('div', {})
  room.replaceChildren(status, shown)
  let asking: AbortController | null = null
  let chart: { readonly remove: () => void } | null = null
  let openTab = 'table'
  let hasReply = false

  const clear = () => {
    chart?.remove()
    chart = null
    hasReply = false
    status.textContent = ''
    shown.replaceChildren()
  }
  const idle = () => {
    asking = null
    room.removeAttribute('aria-busy')
    onBusy(false)
  }

  const details = (body: unknown, table: HTMLElement | null): HTMLElement => {
    const plan = planTab(service, body, options.onRefused)
    const question = element(
      'div',
      {},
      copyable('JSON', JSON.stringify(body, null, 2)),
      copyable('curl', curlOf(addressTo(QUESTION_PATH), body, authMode)),
    )
    const remember = (id: string) => () => {
      // Where there is no table, its place is kept for the next answer.
      if (table !== null || id === 'plan') openTab = id
      if (id === 'plan') plan.open()
    }
    const all = [
      ...(table === null ? [] : [{ id: 'table', label: 'Table', panel: table, onOpen: remember('table') }]),
      { id: 'plan', label: 'Plan', panel: plan.panel, onOpen: remember('plan') },
      { id: 'question', label: 'Question', panel: question, onOpen: remember('question') },
    ]
    return tabs('Details', all, all.some(({ id }) => id === openTab) ? openTab : 'question')
  }

  const showAnswer = (answer: Answer, body: unknown, headers: Headers, ms: number) => {
    const figure = element('div', {})
    const table = drawTable(answer)
    shown.replaceChildren(
      drawReport(headers, ms),
      answer.rows.length === 0 ? element('p', { class: 'empty' }, 'No rows: nothing in the window matches.') : figure,
      details(body, table),
    )
    if (answer.rows.length > 0) chart = drawChart(figure, answer)
  }

  const showRefusal = (refusal: Refusal, body: unknown, again: () => void) => {
    const left = options.onFaults(refusal.faults)
    if (openTab === 'plan') openTab = 'table'
    const question = refusal.status === 400 || refusal.status === 422 ? null : details(body, null)
    shown.replaceChildren(
      drawRefusal({ refusal, left, again, show: options.onShowFault }),
      ...(question === null ? [] : [question]),
    )
    options.onRefused(refusal)
  }

  const ask = async (given: Draft, look?: 'plan'): Promise<void> => {
    const draft = tidy(given)
    asking?.abort()
    const mine = new AbortController()
    asking = mine
    options.onFaults([])
    const askedAt = Date.now()
    const window = windowOf(draft.span, askedAt)
    const body = bodyOf(draft, window)
    status.textContent = look === 'plan' ? 'Planning…' : 'Asking…'
    room.setAttribute('aria-busy', 'true')
    onBusy(true)
    try {
      const path = look === 'plan' ? `${QUESTION_PATH}?explain=true` : QUESTION_PATH
      const outcome = await service.post(path, body, mine.signal)
      if (mine.signal.aborted) return
      clear()
      hasReply = true
      if (outcome.kind === 'refused') {
        showRefusal(outcome.refusal, body, () => void ask(draft, look))
      } else if (look === 'plan') {
        openTab = 'plan'
        status.textContent = 'The plan; nothing was asked of Portkey.'
        shown.replaceChildren(details(body, null))
      } else {
        if (openTab === 'plan') openTab = 'table'
        const rows = rowsOf(outcome.body)
        const datasource = catalogue.datasources.find(({ name }) => name === draft.datasource)
        status.textContent = `Answered: ${rows.length.toLocaleString('en-US')} ${rows.length === 1 ? 'row' : 'rows'}.`
        showAnswer(readAnswer(draft, { window, askedAt }, rows, datasource), body, outcome.headers, outcome.ms)
      }
    } catch (error) {
      if (!mine.signal.aborted) {
        clear()
        shown.replaceChildren(drawFailure(error))
      }
    } finally {
      if (asking === mine) idle()
    }
  }

  return {
    ask,
    cancel: () => {
      if (asking === null) return
      asking.abort()
      status.textContent = hasReply ? 'Stopped. What is shown is the reply before it.' : 'Stopped.'
    },
    clear: (notice) => {
      asking?.abort()
      idle()
      options.onFaults([])
      clear()
      shown.replaceChildren(notice)
    },
  }
}
