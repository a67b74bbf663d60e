import { ServiceError } from '../errors.js'
import { parseJson } from './decode.js'
import { malformed } from './malformed.js'
import { isWireObject } from './wire.js'
import { withholdSecrets } from './withhold.js'

/** What is read as it is, beside analytics: lists that users of the upstream expect, and where they are below the base. */
export const RESOURCES = {
  workspaces: 'admin/workspaces',
  virtualKeys: 'virtual-keys',
  logExports: 'logs/exports',
} as const
/** One of those lists. */
export type Resource = keyof typeof RESOURCES

/** The path of a list below the base URL. */
export function resourcePath(resource: Resource): string {
  return `/${RESOURCES[resource]}`
}

/** Path and query of one page of a list. With an organisation's key the workspace is asked for as analytics asks for it. */
export function resourceTarget(
  resource: Resource,
  query: Readonly<Record<string, string>>,
  workspace: string | null,
): string {
  const all = new URLSearchParams({ ...query, ...(workspace !== null && { workspace_slug: workspace }) }).toString()
  return all === '' ? resourcePath(resource) : `${resourcePath(resource)}?${all}`
}

/**
 * A page of a list as the upstream sent it, but that what could be a credential is withheld. Throws `UPSTREAM_MALFORMED` when it is
 * no JSON object or array, and `UPSTREAM_ERROR` on a 404.
 */
export function readResource(
  resource: Resource,
  reply: { readonly status: number; readonly text: string },
  key: string,
): unknown {
  const path = resourcePath(resource)
  if (reply.status === 404) throw new ServiceError('UPSTREAM_ERROR', `Portkey has no ${path} here.`)
  const json = parseJson(reply.text, path)
  if (!isWireObject(json) && !Array.isArray(json)) throw malformed(path, 'it is no object and no list')
  return withholdSecrets(json, key)
}
