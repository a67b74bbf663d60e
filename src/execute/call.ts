import { type DimensionRef, dimensionEntry, dimensionId } from '../catalog/dimensions.js'
import { ServiceError } from '../errors.js'
import { familyOf } from '../plan/capabilities.js'
import { isAdditive } from '../plan/measures.js'
import type { CallNode, Values } from '../plan/plan.js'
import type { Answer } from '../portkey/answer.js'
import type { Call, CallFilters } from '../portkey/call.js'
import { add } from './combine.js'
import type { Run, Slots } from './context.js'
import { together } from './findings.js'
import { lessonsOf, readRows, readSum } from './read-listing.js'
import { readPoints, readSummary, readWindow } from './read-series.js'
import { readSplit } from './read-split.js'
import type { Table } from './table.js'

/** Asks one call and reads what the plan wants of the answer. Filters too long for one URL are cut and the answers added up. */
export async function runCall(node: CallNode, slots: Slots, run: Run): Promise<Table> {
  const calls = callsOf(node, slots, run.fits)
  const [only] = calls
  if (calls.length === 1 && only) return readAnswer(await run.fetch(only, node), node, run)
  run.afford(calls.length)
  return add(await together(calls.map(async (call) => readAnswer(await run.fetch(call, node), node, run))))
}

/** The calls of a node: one, or as many as its filters need. Throws a 422 where they are too long and nothing adds up. */
export function callsOf(node: CallNode, slots: Slots, fits: Run['fits']): readonly Call[] {
  const calls = cutToFit(callOf(node, slots), fits)
  if (calls.length > 1 && !node.read.takes.every((take) => isAdditive(take.measure))) throw tooLong()
  return calls
}

function readAnswer(answer: Answer, node: CallNode, run: Run): Table {
  notice(answer, node, run)
  const { read } = node
  switch (read.kind) {
    case 'window':
      if (answer.kind === 'listing') throw new TypeError('a listing has no summary')
      return answer.kind === 'summary' ? readSummary(answer, node, read) : readWindow(answer, node, read)
    case 'points':
    case 'split':
      if (answer.kind !== 'series') throw new TypeError('only a graph has points')
      return read.kind === 'points'
        ? readPoints(answer, node, read, run.clock)
        : readSplit(answer, node, read, run.clock)
    case 'rows':
    case 'sum':
      if (answer.kind !== 'listing') throw new TypeError('a graph has no rows')
      return read.kind === 'rows'
        ? readRows(answer, node, read, run.preciseAverages)
        : readSum(answer, node, read, run.preciseAverages)
  }
}

/** The call as it is, or in halves of its longest list until each fits. */
function cutToFit(call: Call, fits: Run['fits']): readonly Call[] {
  if (fits(call)) return [call]
  const lists = LISTS.map((name) => ({ name, values: call.filters[name] ?? [] }))
  const longest = lists.reduce((one, other) => (other.values.join().length > one.values.join().length ? other : one))
  if (longest.values.length < 2) throw tooLong()
  const middle = longest.values.length >> 1
  const halves = [longest.values.slice(0, middle), longest.values.slice(middle)]
  return halves.flatMap((half) => cutToFit({ ...call, filters: { ...call.filters, [longest.name]: half } }, fits))
}

const LISTS = ['statusCodes', 'configs', 'apiKeyIds', 'aiOrgModels', 'traceIds', 'spanIds', 'promptSlugs'] as const

function tooLong(): ServiceError {
  return new ServiceError(
    'UNSUPPORTED_BY_UPSTREAM',
    'The filters are longer than the 6 KB of a URL that surely travel, and what is asked does not add up over parts of them. ' +
      'Filter by fewer or shorter values, or leave percentiles and averages out.',
  )
}

/** The upstream call of a node, its slots filled in. */
export function callOf(node: CallNode, slots: Slots): Call {
  return { endpoint: node.endpoint, window: node.window, columns: node.columns, filters: filtersOf(node, slots) }
}

function filtersOf(node: CallNode, slots: Slots): CallFilters {
  const filters: { -readonly [Key in keyof CallFilters]: CallFilters[Key] } = { ...node.where.ranges }
  const metadata: Record<string, string> = Object.create(null)
  const pairs: Partial<Record<'model' | 'ai_service', readonly string[]>> = {}
  for (const { dimension, values } of node.where.constraints) {
    const list = valuesOf(values, slots)
    const path = dimensionEntry(dimension).filter
    switch (path) {
      case 'statusCodes':
        filters.statusCodes = list.map(Number)
        break
      case 'metadata':
        if (dimension.kind === 'metadata') metadata[dimension.key] = only(list)
        break
      case 'pair':
        pairs[half(dimension)] = list
        break
      case 'none':
        throw new TypeError('a filter that cannot travel was planned')
      default:
        filters[path] = list
    }
  }
  if (Object.keys(metadata).length > 0) filters.metadata = metadata
  if (pairs.model && pairs.ai_service) filters.aiOrgModels = product(pairs.ai_service, pairs.model)
  else if (pairs.model || pairs.ai_service) throw new TypeError('half a model pair was planned')
  return filters
}

function valuesOf(values: Values, slots: Slots): readonly string[] {
  if (values.kind === 'literal') return values.values
  const bound = slots.get(values.slot)
  if (!bound) throw new TypeError(`nothing is bound to ${values.slot}`)
  return bound
}

function only(values: readonly string[]): string {
  const [value, ...others] = values
  if (value === undefined || others.length > 0) throw new TypeError('a metadata filter takes one value')
  return value
}

function half(dimension: DimensionRef): 'model' | 'ai_service' {
  return dimension.kind === 'dimension' && dimension.name === 'model' ? 'model' : 'ai_service'
}

function product(services: readonly string[], models: readonly string[]): readonly string[] {
  return services.flatMap((service) => models.map((model) => `${service}__${model}`))
}

function notice(answer: Answer, node: CallNode, run: Run): void {
  run.notice({ kind: 'answered', endpoint: node.endpoint })
  if (answer.kind === 'series' && answer.step !== null && node.window.end <= run.clock.now) {
    run.notice({ kind: 'step', length: node.window.end - node.window.start, step: answer.step })
  }
  // A graph's rows are a part of the requests, and show nothing of what a listing shows.
  if (answer.kind !== 'listing' || node.endpoint.kind === 'graph') return
  if (node.read.kind === 'rows' && node.where.constraints.length === 0) {
    const dimension = dimensionId(node.read.group.dimension)
    run.notice({ kind: 'values', dimension, count: answer.values.filter((value) => value !== '').length })
  }
  const lessons = lessonsOf(answer)
  if (lessons.unattributed) run.notice({ kind: 'listsUnattributed', family: familyOf(node.endpoint) })
  if (lessons.precise) run.notice({ kind: 'preciseAverages' })
}
