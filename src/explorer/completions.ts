import type { Completions } from './combobox.js'
import { list, member } from './json.js'
import type { Service } from './service.js'
import type { Window } from './span.js'

/** Values of a field that its requests have in a window, the most frequent first. */
export const valuesOf =
  (
    service: Service,
    ask: () => { readonly datasource: string; readonly field: string; readonly window: Window },
  ): Completions =>
  async (typed, signal) => {
    const { datasource, field, window } = ask()
    const parameters = new URLSearchParams({ datasource, field, ...window, limit: '20' })
    if (typed.trim() !== '') parameters.set('search', typed.trim())
    const outcome = await service.get(`v1/metrics/values?${parameters}`, signal)
    if (outcome.kind === 'refused') return `Values cannot be listed: ${outcome.refusal.message}`
    const found = list(member(outcome.body, 'data')).flatMap((one) => {
      const value = member(one, 'value')
      const total = member(one, 'total')
      return value === null || value === undefined
        ? []
        : [{ value: String(value), note: typeof total === 'number' ? total.toLocaleString('en-US') : '' }]
    })
    return found.length > 0 ? found : 'No values found in this window.'
  }

/** Those of a fixed list that hold what was typed; all of them while it is one of them. */
export const among =
  (values: readonly string[]): Completions =>
  async (typed) => {
    const wanted = typed.trim().toLowerCase()
    const isOne = values.some((value) => value.toLowerCase() === wanted)
    const found = isOne ? values : values.filter((value) => value.toLowerCase().includes(wanted))
    return found.slice(0, 50).map((value) => ({ value }))
  }
