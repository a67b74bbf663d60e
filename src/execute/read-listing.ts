import { dimensionId } from '../catalog/dimensions.js'
import { isAdditive, needsOneRow } from '../plan/measures.js'
import type { CallNode, GroupValue, MeasureKey, Read, Take } from '../plan/plan.js'
import { isFolding, readValue } from '../plan/predicate.js'
import { TOKEN_FIELDS } from '../plan/sources.js'
import type { ListingAnswer } from '../portkey/answer.js'
import { add } from './combine.js'
import { Found } from './findings.js'
import { proveHits, provePrecision, proveTokens } from './proof.js'
import { type Cell, type Row, type Table, tableOf } from './table.js'

/** A listing's rows as cells, one a value of the group; values that read alike are added up, empty ones are left out. */
export function readRows(
  answer: ListingAnswer,
  call: CallNode,
  read: Extract<Read, { kind: 'rows' }>,
  preciseAverages: boolean,
): Table {
  check(answer, call, read.takes, preciseAverages)
  const measures = read.takes.map((take) => take.measure)
  const rows = answer.values.flatMap((text, index): Row[] => {
    if (answer.fields.requests?.[index] === 0) return []
    return [{ start: null, keys: [readValue(text, read.group.reading)], cells: cellsOf(answer, read.takes, index) }]
  })
  return isFolding(read.group.reading)
    ? withoutFolded(rows, read, measures)
    : add([tableOf([read.group.id], measures, rows)])
}

/** Rows that read alike add up; what does not add up is left open where there are several. */
function withoutFolded(
  rows: readonly Row[],
  read: Extract<Read, { kind: 'rows' }>,
  measures: readonly MeasureKey[],
): Table {
  const alike = (row: Row) => rows.filter((other) => other.keys[0] === row.keys[0]).length
  const open = rows.map((row): Row => {
    if (alike(row) === 1) return row
    return {
      ...row,
      cells: new Map([...row.cells].map(([measure, cell]) => [measure, isAdditive(measure) ? cell : undefined])),
    }
  })
  return add([tableOf([read.group.id], measures, open)])
}

/** A listing's rows added up to one cell. */
export function readSum(
  answer: ListingAnswer,
  call: CallNode,
  read: Extract<Read, { kind: 'sum' }>,
  preciseAverages: boolean,
): Table {
  check(answer, call, read.takes, preciseAverages)
  const { endpoint } = call
  const counts = read.takes.some((take) => take.from === 'field' || take.from === 'average')
  if (endpoint.kind === 'metadataGroup' && answer.values.length === 0 && counts) {
    throw new Found([{ kind: 'empty', dimension: dimensionId({ kind: 'metadata', key: endpoint.key }) }])
  }
  if (needsOneRow(read.takes) && answer.values.length > 1) throw new Found([{ kind: 'manyRows' }])
  const cells = read.takes.map((take) => [take.measure, sumCell(answer, take)] as const)
  return tableOf(
    [],
    read.takes.map((take) => take.measure),
    [{ start: null, keys: [], cells: new Map(cells) }],
  )
}

function sumCell(answer: ListingAnswer, take: Take): Cell {
  if (take.from === 'distinct') return valuesWithRequests(answer, take).size
  if (!isAdditive(take.measure)) return rowCell(answer, take, 0) ?? null
  return answer.values.reduce((sum, _, index) => sum + (rowCell(answer, take, index) ?? 0), 0)
}

function valuesWithRequests(answer: ListingAnswer, take: Extract<Take, { from: 'distinct' }>): ReadonlySet<GroupValue> {
  const values = answer.values.map((text) => readValue(text, take.reading))
  return new Set(values.filter((value, index) => value !== null && (answer.fields.requests?.[index] ?? 0) > 0))
}

function cellsOf(answer: ListingAnswer, takes: readonly Take[], index: number): Row['cells'] {
  return new Map(takes.map((take) => [take.measure, rowCell(answer, take, index)] as const))
}

/** One measure of one row. A sum of nothing is 0, whether the upstream writes 0 or null. */
function rowCell(answer: ListingAnswer, take: Take, index: number): Cell {
  const requests = answer.fields.requests?.[index] ?? 0
  const value = readValue(answer.values[index] ?? '', 'reading' in take ? take.reading : 'text')
  switch (take.from) {
    case 'nonNull':
      return value === null ? 0 : requests
    case 'distinct':
      return value === null || requests === 0 ? 0 : 1
    case 'average': {
      const times = answer.fields[take.times ?? 'requests']?.[index] ?? 0
      const product = ((answer.fields[take.field]?.[index] ?? 0) * times) / (take.per ?? 1)
      return take.proof === 'precision' ? product : Math.round(product)
    }
    case 'split':
      throw new TypeError('a listing has no points')
    case 'field':
      return answer.fields[take.field]?.[index] ?? (isAdditive(take.measure) ? 0 : null)
  }
}

/** Every field that is taken must be there, and averages that multiply back must prove it. */
function check(answer: ListingAnswer, call: CallNode, takes: readonly Take[], preciseAverages: boolean): void {
  if (answer.values.length === 0) return
  const averages = takes.flatMap((take) => (take.from === 'average' ? [take] : []))
  const fields = takes.flatMap((take) => (take.from === 'field' ? [take.field] : []))
  const factors = averages.flatMap((take) => [take.field, take.times ?? 'requests'])
  const wanted = [...new Set([...fields, ...factors, ...(averages.some(isToken) ? TOKEN_FIELDS : [])])]
  const lacking = wanted.filter((field) => answer.fields[field] === undefined)
  if (lacking.length > 0) throw new Found([{ kind: 'lacking', endpoint: call.endpoint, fields: lacking }])
  for (const take of averages) {
    if (isProven(answer, take, preciseAverages)) continue
    throw new Found([{ kind: 'imprecise', endpoint: call.endpoint, proof: take.proof }])
  }
}

type Average = Extract<Take, { from: 'average' }>

function isToken({ proof }: Average): boolean {
  return proof === 'tokens'
}

function isProven(answer: ListingAnswer, { proof, field }: Average, preciseAverages: boolean): boolean {
  switch (proof) {
    case 'tokens':
      return proveTokens(answer, preciseAverages).holds
    case 'hits':
      return proveHits(answer.fields[field] ?? [], answer.fields.requests ?? [])
    case 'precision':
      return provePrecision(answer.fields[field] ?? [])
  }
}

/** What a listing teaches about its deployment, whatever was asked of it. */
export function lessonsOf(answer: ListingAnswer): { readonly unattributed: boolean; readonly precise: boolean } {
  return {
    unattributed: answer.values.includes(''),
    precise: TOKEN_FIELDS.every((field) => answer.fields[field]) && proveTokens(answer, false).precise,
  }
}
