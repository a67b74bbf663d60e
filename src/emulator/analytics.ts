import type { Ask } from './ask.js'
import { cacheSummary } from './cache-summary.js'
import { parseFilters } from './filters.js'
import { graphAnswer } from './graph-answer.js'
import { GRAPHS } from './graphs.js'
import { groupAnswer } from './group-answer.js'
import { GROUPS, type Group, metadataGroup } from './groups.js'
import { type Json, type JsonObject, mapNumbers } from './json.js'
import type { KeyGrant } from './options.js'
import { parsePage } from './pages.js'
import { badRequest, missingEndpoint, noPermission, type Reply, success } from './reply.js'
import { metadataValue, type TrafficRow } from './row.js'
import type { RowTest } from './store.js'
import { parseWindow } from './window.js'
import type { World } from './world.js'

/** What is done to a success: `quota` counts only the first half of the rows and says so, `wrongTypes` spoils every number. */
export type Tampering = 'none' | 'quota' | 'wrongTypes'

/** Answers a call below /v1/analytics/; `null` when there is no such endpoint. */
export function analyticsAnswer(
  path: string,
  query: URLSearchParams,
  grant: KeyGrant,
  world: World,
  tampering: Tampering,
): Reply | null {
  const problems: string[] = []
  const endpoint = endpointOf(path, query, world, problems)
  if (endpoint === null) return null
  if (isMissing(path, world)) return missingEndpoint()
  const reach = reachOf(query, grant, world)
  if (reach === null) return noPermission('You do not have access to this workspace')
  const window = parseWindow(query, problems)
  const passes = parseFilters(query, problems)
  if (window === null || problems.length > 0) return badRequest(problems)
  const { store, settings, now } = world
  const rows = store.visible(window.min, window.max, now, (row) => reach(row) && passes(row))
  const shown = tampering === 'quota' ? rows.slice(0, Math.floor(rows.length / 2)) : rows
  const carries = (key: string) => (row: TrafficRow) => reach(row) && metadataValue(row, key) !== null
  const knowsMetadataKey = (key: string): boolean =>
    rows.some(carries(key)) || store.visible(Number.NEGATIVE_INFINITY, now, now, carries(key)).length > 0
  return success(tamper(endpoint({ rows: shown, window, now, settings, query, knowsMetadataKey }), world, tampering))
}

type Endpoint = (ask: Ask) => JsonObject

function endpointOf(path: string, query: URLSearchParams, world: World, problems: string[]): Endpoint | null {
  const [kind, name] = splitAtFirst(path)
  if (kind === 'summary' && name === 'cache') return cacheSummary
  if (kind === 'graphs') {
    const graph = GRAPHS.get(name)
    return graph === undefined ? null : (ask) => graphAnswer(graph, name, ask)
  }
  if (kind !== 'groups') return null
  const listing = (group: Group): Endpoint => {
    const page = parsePage(query, world.settings.maxPageSize, problems)
    return (ask) => groupAnswer(group, page, ask)
  }
  const group = GROUPS.get(name)
  if (group !== undefined) return group.newer && world.settings.profile === 'documented' ? null : listing(group)
  const [parent, encodedKey] = splitAtFirst(name)
  if (parent !== 'metadata' || encodedKey === '' || encodedKey.includes('/')) return null
  const key = decoded(encodedKey)
  if (key === null) {
    problems.push('the metadata key is not percent-encoded UTF-8')
    return () => ({})
  }
  const answer = listing(metadataGroup(key))
  // A key that no request ever carried has no rows, not even an unattributed one.
  return (ask) => answer(ask.knowsMetadataKey(key) ? ask : { ...ask, rows: [] })
}

function splitAtFirst(path: string): readonly [string, string] {
  const slash = path.indexOf('/')
  return slash === -1 ? [path, ''] : [path.slice(0, slash), path.slice(slash + 1)]
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

function isMissing(path: string, world: World): boolean {
  return world.settings.missing.some(
    (gone) => gone === path || (gone === 'groups/metadata' && path.startsWith(`${gone}/`)),
  )
}

/** Which rows the key may see; `null` = the workspace asked for is none of the organisation's. */
function reachOf(query: URLSearchParams, grant: KeyGrant, world: World): RowTest | null {
  const asked = query.get('workspace_slug')
  if (grant.workspace === null && asked !== null && asked !== '' && !world.workspaces.has(asked)) return null
  // A workspace's key is the scope, whatever the parameter says.
  const workspace = grant.workspace ?? (asked === '' ? null : asked)
  const { user } = grant
  return (row) =>
    (workspace === null || row.workspace === workspace) && (user === undefined || metadataValue(row, '_user') === user)
}

const WRONG: readonly Json[] = ['n/a', {}, true]

function tamper(body: JsonObject, world: World, tampering: Tampering): JsonObject {
  const live = world.settings.profile === 'live'
  switch (tampering) {
    case 'none':
      return live ? { ...body, is_quota_exceeded: false } : body
    case 'quota':
      return { ...body, is_quota_exceeded: true }
    case 'wrongTypes': {
      let turn = 0
      const entries = Object.entries(body).map(([name, value]) => {
        return [name, mapNumbers(value, () => WRONG[turn++ % WRONG.length] ?? null)] as const
      })
      return Object.fromEntries(entries)
    }
  }
}
