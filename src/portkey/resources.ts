import { ServiceError } from '../errors.js'
import { parseJson } from './decode.js'
import { malformed } from './malformed.js'
import { isWireObject } from './wire.js'
import { withholdSecrets } from './withhold.js'

/** What is read as it is, beside analytics: lists that users of the upstream expect. */
export const RESOURCES = {
  workspaces: '/admin/workspaces',
  virtualKeys: '/virtual-keys',
  logExports: '/logs/exports',
} as const
export type Resource = keyof typeof RESOURCES

/** Path and query of one page of a list. With an organisation's key the workspace is asked for as analytics asks for it. */
export function resourceTarget(
  resource: Resource,
  query: Readonly<Record<string, string>>,
  workspace: string | null,
): string {
  const all = new URLSearchParams({ ...query, ...(workspace !== null && { workspace_slug: workspace }) }).toString()
  return all === '' ? RESOURCES[resource] : `${RESOURCES[resource]}?${all}`
}

/**
 * A list as the upstream sent it, but for two things: what could be a credential is withheld, and rows that say they belong to
 * another workspace than the one asked for are left out (`total` is then what is left). Throws `UPSTREAM_MALFORMED` when it is no
 * JSON object or array, and `UPSTREAM_ERROR` on a 404.
 */
export function readResource(
  resource: Resource,
  reply: { readonly status: number; readonly text: string },
  key: string,
  workspace: string | null,
): unknown {
  const path = RESOURCES[resource]
  if (reply.status === 404) throw new ServiceError('UPSTREAM_ERROR', `Portkey has no ${path} here.`)
  const json = parseJson(reply.text, path)
  if (!isWireObject(json) && !Array.isArray(json)) throw malformed(path, 'it is no object and no list')
  return withholdSecrets(workspace === null ? json : ofWorkspace(resource, json, workspace), key)
}

function ofWorkspace(resource: Resource, json: unknown, workspace: string): unknown {
  if (Array.isArray(json)) return json.filter((row) => isOf(resource, row, workspace))
  if (!isWireObject(json) || !Array.isArray(json.data)) return json
  const data = json.data.filter((row) => isOf(resource, row, workspace))
  if (data.length === json.data.length) return json
  return { ...json, ...(json.total !== undefined && { total: data.length }), data }
}

/** Rows that do not say whose they are stay: the upstream was asked for the workspace. */
function isOf(resource: Resource, row: unknown, workspace: string): boolean {
  if (!isWireObject(row)) return true
  const slug = resource === 'workspaces' ? row.slug : row.workspace_slug
  return typeof slug !== 'string' || slug === workspace
}
