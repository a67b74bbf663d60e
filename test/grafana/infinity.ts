import type { DataFrame } from '@grafana/data'
import { fillIn, type Held } from './fill-in.js'
import { grafana } from './panel.js'

export type Frame = DataFrame

/** What is sent for an Infinity query, and the frame that its backend makes of the reply: rows at a path, columns picked and typed. */
export async function frameOf(
  query: Readonly<Record<string, unknown>>,
  held: Held,
  { url, token }: { readonly url: string; readonly token: string },
): Promise<Frame> {
  const { method, data, params } = Object(query.url_options)
  const parameters = new URLSearchParams(
    Object.fromEntries(
      (Array.isArray(params) ? params : []).map(({ key, value }) => [String(key), fillIn(value, held)] as const),
    ),
  )
  const reply = await fetch(`${url}${query.url}?${parameters}`.replace(/\?$/, ''), {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(method === 'POST' && { body: fillIn(data, held) }),
  })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${reply.status} ${text}`)
  const rows: readonly Readonly<Record<string, unknown>>[] = String(query.root_selector)
    .split('.')
    .reduce((value, key) => Object(value)[key], JSON.parse(text))
  const columns: readonly Column[] = Array.isArray(query.columns) ? query.columns : []
  const fields = columns.map(({ selector, text, type }) => ({
    name: text === '' ? selector : text,
    type: TYPES[type],
    config: {},
    values: rows.map((row) => read(row[selector] ?? null, type)),
  }))
  const frame = { length: rows.length, fields }
  return query.format === 'timeseries' ? wide(frame) : frame
}

type Column = { readonly selector: string; readonly text: string; readonly type: 'timestamp' | 'string' | 'number' }

const TYPES = {
  timestamp: grafana.FieldType.time,
  string: grafana.FieldType.string,
  number: grafana.FieldType.number,
} as const

function read(value: unknown, type: Column['type']): unknown {
  if (value === null) return null
  return type === 'timestamp' ? Date.parse(String(value)) : value
}

/** One column a number and combination of texts, one row a time: what the plugin's backend does with long series. */
function wide(frame: Frame): Frame {
  const { string, time } = grafana.FieldType
  const texts = frame.fields.filter(({ type }) => type === string)
  const [stamps] = frame.fields.filter(({ type }) => type === time)
  if (texts.length === 0 || stamps === undefined) return frame
  const times = [...new Set(stamps.values)]
  const labelsAt = (row: number) =>
    Object.fromEntries(texts.map(({ name, values }) => [name, String(values[row] ?? '')]))
  const kinds = [...new Set(stamps.values.map((_, row) => JSON.stringify(labelsAt(row))))]
  const numbers = frame.fields.filter(({ type }) => type === grafana.FieldType.number)
  const fields = kinds.flatMap((kind) =>
    numbers.map((field) => ({
      ...field,
      labels: JSON.parse(kind),
      values: times.map((at) => {
        const row = stamps.values.findIndex((stamp, index) => stamp === at && JSON.stringify(labelsAt(index)) === kind)
        return row < 0 ? null : field.values[row]
      }),
    })),
  )
  return { length: times.length, fields: [{ ...stamps, values: times }, ...fields] }
}
