import type { CallNode, Read, Take } from '../plan/plan.js'
import { readValue } from '../plan/predicate.js'
import type { SeriesAnswer } from '../portkey/answer.js'
import { add } from './combine.js'
import type { Clock } from './context.js'
import { Found } from './findings.js'
import { pointsOf } from './per-point.js'
import { checkPoints, isInside } from './read-series.js'
import { type Row, type Table, tableOf } from './table.js'

type SplitRead = Extract<Read, { kind: 'split' }>

/** A graph's points by the values they are split by: a cell a point and value, or, without a step, a cell a value. */
export function readSplit(answer: SeriesAnswer, call: CallNode, read: SplitRead, clock: Clock): Table {
  const { step } = read
  if (step !== null) checkPoints(answer, call, { ...read, step }, clock)
  const rows = read.takes.flatMap((take) =>
    columnsOf(answer, call, take).flatMap(({ text, values }) =>
      answer.starts.flatMap((start, index): Row[] => {
        const figure = values[index] ?? 0
        if (figure === 0 || (step !== null && !isInside(start, answer, { ...read, step }))) return []
        const keys = [readValue(text, read.group.reading)]
        return [{ start: step === null ? null : start, keys, cells: new Map([[take.measure, figure]]) }]
      }),
    ),
  )
  const measures = read.takes.map((take) => take.measure)
  const whole = rows.map((row): Row => {
    return { ...row, cells: new Map(measures.map((measure) => [measure, row.cells.get(measure) ?? 0])) }
  })
  return add([tableOf([read.group.id], measures, whole)])
}

/** The fields of a point that one measure is split into, and the value that each is. */
function columnsOf(answer: SeriesAnswer, call: CallNode, take: Take) {
  if (take.from !== 'split') throw new TypeError(`points are not split by ${take.from}`)
  return take.fields.flatMap(({ field, value, rest }) => {
    const names = rest ? Object.keys(answer.fields).filter((name) => name.startsWith(field)) : [field]
    return names.map((name) => {
      const values = pointsOf(answer, call.endpoint, name)
      if (values) return { text: rest ? value + name.slice(field.length) : value, values }
      if (answer.starts.length === 0) return { text: value, values: [] }
      throw new Found([{ kind: 'lacking', endpoint: call.endpoint, fields: [name] }])
    })
  })
}
