import type { Ask } from './ask.js'
import type { Graph, Running } from './graphs.js'
import type { JsonObject } from './json.js'
import { bucketStarts, stepOf } from './ladder.js'
import { costAsText, roundFigures } from './numbers.js'
import type { TrafficRow } from './row.js'
import { firstNotBefore } from './store.js'

/** The body of a graph: its summary and its points, with zeros for every empty bucket that has begun. */
export function graphAnswer(graph: Graph, name: string, ask: Ask): JsonObject {
  const { settings } = ask
  const round = (figures: JsonObject): JsonObject => roundFigures(figures, settings)
  const asText = settings.numbersAsStrings && name === 'cost'
  const points = pointsOf(graph, ask).map((point) => (asText ? costAsText(round(point)) : round(point)))
  return {
    object: 'analytics-graph',
    ...(settings.omitSummaries ? {} : { summary: round(graph.summary(ask.rows, settings)) }),
    data_points: points,
  }
}

function pointsOf(graph: Graph, ask: Ask): readonly JsonObject[] {
  const { points } = graph
  switch (points.kind) {
    case 'list':
      return points.list(ask.rows)
    case 'series':
      return bucketsOf(ask).map(({ start, rows }) => ({
        timestamp: new Date(start).toISOString(),
        ...points.point(rows, ask.settings),
      }))
    case 'running': {
      let running: Running = { simple: 0, semantic: 0 }
      return bucketsOf(ask).map(({ start, rows }) => {
        const [point, next] = points.point(rows, running)
        running = next
        return { timestamp: new Date(start).toISOString(), ...point }
      })
    }
  }
}

type Bucket = { readonly start: number; readonly rows: readonly TrafficRow[] }

function bucketsOf(ask: Ask): readonly Bucket[] {
  const step = stepOf(ask.settings.ladder, ask.window.min, ask.window.max)
  const starts = bucketStarts(step, ask.window.min, ask.window.max, ask.now)
  const indexOf = (instant: number): number => firstNotBefore(ask.rows, instant, (row) => row.at)
  return starts.map((start) => ({ start, rows: ask.rows.slice(indexOf(start), indexOf(start + step)) }))
}
