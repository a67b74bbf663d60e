import { exampleQuestion } from '../src/http/question-examples.js'
import { PANELS, type Panel } from './dashboard.js'
import { GUESTS, OWN_TEAM, STEADY } from './soak-tokens.js'

/** One request of a soak. */
export type Asked = {
  readonly token: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  /** Who asks does not wait for the reply. */
  readonly leaves?: true
}

/** A kind of request: how often it comes, and what it may be answered beside a success or a fault of the upstream. */
export type Kind = {
  readonly weight: number
  readonly ask: () => Asked
  /** Statuses and codes, nothing else may come. */
  readonly only?: string
  /** A status and a code that may come too. */
  readonly also?: string
  /** What is wrong with the body of a success; `null` = nothing. */
  readonly fault?: (body: unknown) => string | null
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const iso = (ms: number) => new Date(ms).toISOString()
const between = (least: number, most: number) => least + Math.floor(Math.random() * (most - least))
/** One of some values. */
export const oneOf = <Value>(values: readonly Value[]): Value | undefined => values[between(0, values.length)]
const text = (body: object, token: string = STEADY.anything): Asked => ({ token, body: JSON.stringify(body) })

/** A window that nobody asked for before. */
const odd = () => {
  const end = Date.now() - between(0, 2 * DAY)
  return { startTs: iso(end - between(HOUR, DAY)), endTs: iso(end) }
}

/** The panel's last 24 hours, the hour under way included. */
const sliding = ({ body }: Panel, step: number) => {
  const end = Math.floor(Date.now() / step) * step + step
  return { ...body, startTs: iso(end - DAY), endTs: iso(end) }
}

const yesterday = () => {
  const end = Math.floor(Date.now() / DAY) * DAY - DAY
  return { startTs: iso(end - DAY), endTs: iso(end) }
}

const cold = (): Asked => {
  const question = exampleQuestion(odd())
  return text(Math.random() < 0.5 ? question : { ...question, groupBy: [], type: 'timeseries', interval: '1 hour' })
}

/** By team, over yesterday or a window that nobody asked for. */
const byTeam = (window: object) => ({
  ...window,
  datasource: 'modelMetrics',
  type: 'distribution',
  groupBy: ['team'],
  aggregations: [{ type: 'sum', column: 'totalTokens' }],
})

const isRow = (value: unknown): value is { readonly team: unknown } =>
  typeof value === 'object' && value !== null && 'team' in value

/** Whoever sees one team gets rows of no other. */
const otherTeam = (body: unknown): string | null => {
  const { data } = Object(body)
  const points: unknown = Object(data).dataPoints
  if (!Array.isArray(points)) return 'no data points'
  return points.every((point) => isRow(point) && point.team === OWN_TEAM) ? null : 'rows of another team'
}

/** Everything that is asked in a soak. */
export const KINDS: Readonly<Record<string, Kind>> = {
  hot: { weight: 34, ask: () => text(exampleQuestion(yesterday())) },
  cold: { weight: 12, ask: cold },
  'sliding by the hour': { weight: 16, ask: () => text(sliding(oneOf(PANELS) ?? { name: '', body: {} }, HOUR)) },
  'sliding by the minute': { weight: 4, ask: () => text(sliding(PANELS[0] ?? { name: '', body: {} }, MINUTE)) },
  afresh: {
    weight: 3,
    ask: () => ({ ...text(exampleQuestion(yesterday())), headers: { 'cache-control': 'no-cache' } }),
  },
  refused: {
    weight: 5,
    ask: () => text({ ...yesterday(), datasource: 'modelMetrics', type: `none-${between(0, 1e9)}` }),
    only: '400 VALIDATION_FAILED',
  },
  'no JSON': {
    weight: 2,
    ask: () => ({ token: STEADY.anything, body: `{"startTs": ${between(0, 1e9)}` }),
    only: '400 VALIDATION_FAILED',
  },
  'no token': { weight: 2, ask: () => text(exampleQuestion(yesterday()), 'none'), only: '401 UNAUTHENTICATED' },
  'leaves early': { weight: 6, ask: () => ({ ...cold(), leaves: true }), also: 'left' },
  'filtered, hot': { weight: 4, ask: () => text(byTeam(yesterday()), STEADY.filtered), fault: otherTeam },
  'filtered, cold': { weight: 2, ask: () => text(byTeam(odd()), STEADY.filtered), fault: otherTeam },
  'its datasource': { weight: 3, ask: () => text(exampleQuestion(yesterday()), STEADY.oneDatasource) },
  'another datasource': {
    weight: 1,
    ask: () => text({ ...yesterday(), datasource: 'cacheMetrics', type: 'distribution' }, STEADY.oneDatasource),
    only: '403 FORBIDDEN',
  },
  'with a limit': {
    weight: 4,
    ask: () => text(exampleQuestion(yesterday()), STEADY.limited),
    also: '429 RATE_LIMITED',
  },
  guest: { weight: 8, ask: () => text(exampleQuestion(yesterday()), oneOf(GUESTS)) },
}

/** What a guest's request is counted as, by how its token stood. */
export const GUEST_KINDS = {
  in: { name: 'guest in the file', may: {} },
  out: { name: 'guest out of it', may: { only: '401 UNAUTHENTICATED' } },
  between: { name: 'guest, just changed', may: { also: '401 UNAUTHENTICATED' } },
} as const
