import type { Json, JsonObject } from './json.js'
import type { KeyGrant } from './options.js'
import { parsePage } from './pages.js'
import { badRequest, type Reply, success } from './reply.js'
import type { World } from './world.js'

/** The endpoints that stand beside analytics: workspaces, virtual keys, log export jobs. `null` = no such route. */
export function adminAnswer(path: string, query: URLSearchParams, grant: KeyGrant, world: World): Reply | null {
  const list = LISTS.get(path)
  if (list === undefined) return null
  const problems: string[] = []
  const page = parsePage(query, world.settings.maxPageSize, problems)
  if (problems.length > 0) return badRequest(problems)
  const items = list(grant, world)
  const data = items.slice(page.index * page.size, (page.index + 1) * page.size)
  return success({ object: 'list', total: items.length, data })
}

const CREATED = '2025-01-15T09:30:00.000Z'

const LISTS: ReadonlyMap<string, (grant: KeyGrant, world: World) => readonly JsonObject[]> = new Map([
  ['admin/workspaces', workspaces],
  ['virtual-keys', virtualKeys],
  ['logs/exports', logExports],
])

/** An organisation's key sees all of them, a workspace's key its own. */
function workspaces(grant: KeyGrant, world: World): readonly JsonObject[] {
  return [...world.workspaces]
    .map((slug, index) => ({
      id: `5b1c9c1e-0d3a-4e57-9f6e-${index.toString(16).padStart(12, '0')}`,
      slug,
      name: slug,
      description: null,
      created_at: CREATED,
      last_updated_at: CREATED,
      object: 'workspace',
    }))
    .filter(({ slug }) => grant.workspace === null || slug === grant.workspace)
}

function virtualKeys(): readonly JsonObject[] {
  return [
    virtualKey('openai-main', 'active', { credit_limit: 500, alert_threshold: 400, periodic_reset: 'monthly' }, null),
    virtualKey('openai-eu', 'active', null, null),
    virtualKey('azure-west', 'active', { credit_limit: 150.5 }, '2027-03-31T23:59:59.000Z'),
    virtualKey('anthropic-main', 'active', null, null),
    virtualKey('vertex-main', 'exhausted', { credit_limit: 20, alert_threshold: 15 }, null),
  ]
}

function virtualKey(slug: string, status: string, usageLimits: Json, expiresAt: string | null): JsonObject {
  return {
    name: slug,
    note: null,
    status,
    slug,
    usage_limits: usageLimits,
    rate_limits: null,
    reset_usage: null,
    model_config: {},
    created_at: CREATED,
    expires_at: expiresAt,
    object: 'virtual-key',
  }
}

function logExports(): readonly JsonObject[] {
  return ['success', 'in_progress', 'draft'].map((status, index) => ({
    id: `9e2f7a40-7c1d-4b8e-a1f5-00000000000${index}`,
    status,
    description: `export ${index + 1}`,
    filters: { time_of_generation_min: '2025-01-01T00:00:00.000Z', time_of_generation_max: '2025-01-02T00:00:00.000Z' },
    requested_data: ['id', 'created_at', 'ai_model', 'cost'],
    created_at: CREATED,
    last_updated_at: CREATED,
    object: 'export',
  }))
}
