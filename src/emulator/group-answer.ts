import type { Ask } from './ask.js'
import { COLUMNS, figuresOf, type Group } from './groups.js'
import type { JsonObject } from './json.js'
import { partition } from './measures.js'
import { roundFigures, rowAsText } from './numbers.js'
import type { Page } from './pages.js'
import type { TrafficRow } from './row.js'

/** The body of one page of a listing: by requests descending, then by value. Past the end it is empty and `total` is 0. */
export function groupAnswer(group: Group, page: Page, ask: Ask): JsonObject {
  const parts = partsOf(group, ask)
  const shown = parts.slice(page.index * page.size, (page.index + 1) * page.size)
  return {
    object: 'list',
    total: shown.length === 0 ? 0 : parts.length,
    data: shown.map(([value, rows]) => rowOf(group, value, rows, ask)),
  }
}

type Part = readonly [string | number, readonly TrafficRow[]]

function partsOf(group: Group, ask: Ask): readonly Part[] {
  const parts: Part[] = [...partition(ask.rows, (row) => group.value(row) ?? '')]
  const kept = ask.settings.listsUnattributed ? parts : parts.filter(([value]) => value !== '')
  return kept.sort(([a, as], [b, bs]) => bs.length - as.length || (String(a) < String(b) ? -1 : 1))
}

function rowOf(group: Group, value: string | number, rows: readonly TrafficRow[], ask: Ask): JsonObject {
  const { settings } = ask
  const live = settings.profile === 'live'
  const names = [...group.always, ...(live ? group.live : []), ...(group.newer ? askedColumns(ask.query) : [])]
  const figures = roundFigures({ requests: rows.length, ...figuresOf(rows, names) }, settings)
  // The published document types `requests` of its two plain listings as text.
  const countsAsText = !live && group.field !== 'metadata_value'
  return {
    [group.field]: value,
    ...(settings.numbersAsStrings ? rowAsText(figures, countsAsText) : figures),
    object: 'analytics-group',
  }
}

/** Columns that do not exist are ignored. */
function askedColumns(query: URLSearchParams): readonly string[] {
  const asked = (query.get('columns') ?? '').split(',').map((name) => name.trim())
  return asked.filter((name) => COLUMNS.has(name))
}
