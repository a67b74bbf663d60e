import { element } from './dom.js'
import { list, member, text } from './json.js'

/** More nodes than these are counted, not drawn. */
const MOST_NODES = 300

/** More parts of one node than these are folded. */
const FEW_PARTS = 5

/** A plan, priced, and where it was run with what it took. */
export const drawPlan = (body: unknown): HTMLElement => {
  const calls = member(body, 'estimatedCalls')
  const sent = member(body, 'upstreamCalls')
  const repairs = list(member(body, 'repairs')).map(String)
  const price = element('p', { class: 'price' }, `Expected: ${callsText(calls)}`)
  if (typeof sent === 'number') price.append(`. Sent: ${callsText(sent)}`)
  const left = { nodes: MOST_NODES }
  const tree = drawNode(member(body, 'plan'), left)
  return element(
    'div',
    { class: 'plan' },
    price,
    repairs.length === 0 ? null : element('p', {}, 'Other plans were given up on the way:'),
    repairs.length === 0
      ? null
      : element(
          'ul',
          { class: 'repairs' },
          repairs.map((repair) => element('li', {}, repair)),
        ),
    element('ul', { class: 'tree' }, tree),
    left.nodes > 0
      ? null
      : element('p', { class: 'hint' }, `The first ${MOST_NODES} parts of the plan; there are more.`),
  )
}

const drawNode = (node: unknown, left: { nodes: number }): HTMLElement | null => {
  if (left.nodes <= 0) return null
  left.nodes -= 1
  const role = [text(member(node, 'as')), when(text(member(node, 'when')))].filter((part) => part !== '').join(', ')
  const exactness = text(member(node, 'exactness'))
  const head = element(
    'div',
    { class: 'node' },
    role === '' ? null : element('span', { class: 'role' }, role),
    element('code', { class: 'op' }, text(member(node, 'op'))),
    element('span', {}, text(member(node, 'does'))),
    element('small', { class: 'meta' }, metaOf(node).join(' · ')),
    exactness === 'exact' ? null : element('small', { class: 'meta' }, exactness),
  )
  const parts = list(member(node, 'parts')).map((part) => drawNode(part, left))
  return element('li', {}, head, parts.length === 0 ? null : element('ul', {}, folded(parts)))
}

/** Parts are many where they are alike, a bucket each, say: the first few tell of the rest. */
const folded = (parts: readonly (HTMLElement | null)[]): readonly (HTMLElement | null)[] => {
  if (parts.length <= FEW_PARTS) return parts
  const rest = parts.slice(FEW_PARTS - 1)
  const more = element('details', {}, element('summary', {}, `${rest.length} more parts`), element('ul', {}, rest))
  return [...parts.slice(0, FEW_PARTS - 1), element('li', {}, more)]
}

/** The service says `if …`. */
const when = (condition: string): string => (condition === '' ? '' : `only ${condition}`)

const metaOf = (node: unknown): readonly string[] => {
  const window = member(node, 'window')
  const actual = member(node, 'actual')
  const filters = list(member(node, 'filters')).map(filterText)
  const columns = list(member(node, 'columns')).map(String)
  return [
    text(member(node, 'endpoint')),
    window === undefined ? '' : `${text(member(window, 'start'))} to ${text(member(window, 'end'))}`,
    filters.length === 0 ? '' : `where ${filters.join(' and ')}`,
    columns.length === 0 ? '' : `with ${columns.join(', ')}`,
    member(node, 'shared') === true ? 'the same call as above' : callsText(member(node, 'estimatedCalls')),
    actual === undefined
      ? ''
      : `${member(actual, 'calls')} sent, ${member(actual, 'rows')} rows, ${member(actual, 'ms')} ms${member(actual, 'cached') === true ? ', held' : ''}`,
  ].filter((part) => part !== '')
}

const filterText = (filter: unknown): string => {
  const on = text(member(filter, 'on'))
  const values = member(filter, 'values')
  const slot = member(filter, 'slot')
  if (Array.isArray(values))
    return `${on} = ${values.slice(0, 5).join(' or ')}${values.length > 5 ? ` or ${values.length - 5} more` : ''}`
  if (typeof slot === 'string') return `${on} = {${slot}}`
  return `${on} from ${String(member(filter, 'min') ?? '…')} to ${String(member(filter, 'max') ?? '…')}`
}

const callsText = (calls: unknown): string => `${String(calls)} ${calls === 1 ? 'call' : 'calls'}`
