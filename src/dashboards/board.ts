import type { Dashboard, DataSourceRef, Panel, VariableModel } from '@grafana/schema'
import { DRAWINGS, type Drawing, type Question } from './drawings.js'

/** A dashboard of all drawings, by one plugin. */
export type Board = {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly datasource: DataSourceRef
  readonly variables: VariableModel[]
  /** Where the range starts at first, as Grafana writes it; it ends now. */
  readonly from: string
  /** A question as a target of the plugin, without its letter. */
  readonly target: (question: Question, draws: Drawing['draws']) => Readonly<Record<string, unknown>>
}

/** The dashboard, as Grafana provisions it. */
export const dashboardOf = ({ uid, title, description, datasource, variables, from, target }: Board): Dashboard => ({
  uid,
  title,
  description,
  tags: ['portkey'],
  editable: true,
  graphTooltip: 1,
  schemaVersion: 39,
  refresh: '1m',
  time: { from, to: 'now' },
  timezone: 'browser',
  templating: { list: variables },
  panels: placed(DRAWINGS).map(({ drawing, x, y }, index) => ({
    ...panelOf(drawing),
    id: index + 1,
    datasource,
    gridPos: { x, y, w: drawing.width, h: drawing.height },
    targets: drawing.questions.map((question, at) => ({
      refId: String.fromCharCode(65 + at),
      datasource,
      ...target(question, drawing.draws),
    })),
  })),
})

/** Type, looks and units of a panel. */
const panelOf = ({ title, draws, unit, bars }: Drawing): Panel => {
  const units = unit === undefined ? {} : { unit }
  switch (draws) {
    case 'stat':
      return {
        type: 'stat',
        title,
        fieldConfig: { defaults: { ...units }, overrides: [] },
        options: { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, graphMode: 'none' },
      }
    case 'timeseries':
      return {
        type: 'timeseries',
        title,
        fieldConfig: {
          defaults: { ...units, custom: bars ? BARS : { drawStyle: 'line', fillOpacity: 8, showPoints: 'never' } },
          overrides: [],
        },
        options: {
          legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
          tooltip: { mode: 'multi', sort: 'desc' },
        },
      }
    case 'table':
      return {
        type: 'table',
        title,
        fieldConfig: { defaults: { ...units }, overrides: [] },
        options: { showHeader: true, cellHeight: 'sm' },
      }
  }
}

const BARS = { drawStyle: 'bars', fillOpacity: 70, lineWidth: 0, stacking: { mode: 'normal', group: 'A' } }

/** Panels side by side until a row of 24 columns is full. */
const placed = (drawings: readonly Drawing[]) => {
  let [x, y] = [0, 0]
  return drawings.map((drawing) => {
    if (x + drawing.width > 24) [x, y] = [0, y + drawing.height]
    const at = { drawing, x, y }
    x += drawing.width
    if (x >= 24) [x, y] = [0, y + drawing.height]
    return at
  })
}
