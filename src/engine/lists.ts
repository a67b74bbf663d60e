import { type ErrorCode, ServiceError } from '../errors.js'
import type { Ask } from '../portkey/ask.js'
import type { PortkeyClient, Resource } from '../portkey/client.js'
import type { PageQuery } from '../portkey/own-list.js'
import type { Principal } from './contract.js'
import { seesPart } from './restrict.js'
import { workspacesListed } from './workspace.js'

/** Throws `FORBIDDEN` for a principal with filters, which the lists beside analytics do not know. */
export function checkMayList(principal: Pick<Principal, 'restriction'>): void {
  if (!seesPart(principal)) return
  throw new ServiceError(
    'FORBIDDEN',
    'This token sees a part of the data alone, and these lists cannot be narrowed to it. Ask metrics questions instead.',
  )
}

/**
 * One page of a list, as the principal may see it. Rows that do not say whose they are go to who is bound to a workspace only with a key
 * that Portkey shows to list that workspace alone: of an organisation's key they may be anybody's.
 */
export async function readList(
  client: Pick<PortkeyClient, 'get'>,
  resource: Resource,
  page: PageQuery,
  { upstreamKey: key, workspace, standing }: Pick<Principal, 'upstreamKey' | 'workspace' | 'standing'>,
  ask: Ask,
): Promise<unknown> {
  const own = standing !== 'bound' || resource === 'workspaces' || (await listsAlone(client, key, workspace, ask))
  return client.get(resource, page, { key, workspace }, ask, own ? 'all' : 'labelled')
}

/** A key that may not list workspaces shows nothing. */
async function listsAlone(
  client: Pick<PortkeyClient, 'get'>,
  key: string,
  workspace: string | null,
  ask: Ask,
): Promise<boolean> {
  try {
    const listed = await workspacesListed(client, key, ask)
    return listed.length > 0 && listed.every((slug) => slug === workspace)
  } catch (error) {
    if (error instanceof ServiceError && UNTOLD.has(error.code)) return false
    throw error
  }
}

/** There is no such list for the key, or none that can be read to its end. */
const UNTOLD: ReadonlySet<ErrorCode> = new Set(['UPSTREAM_FORBIDDEN', 'UPSTREAM_ERROR', 'UPSTREAM_MALFORMED'])
