import { ServiceError } from '../errors.js'
import type { Ask } from '../portkey/ask.js'
import type { PortkeyClient } from '../portkey/client.js'
import { MissingEndpoint } from '../portkey/missing.js'
import { allRows } from '../portkey/own-list.js'
import { isWireObject } from '../portkey/wire.js'

/** How far back requests are looked at, in ms: what any plan keeps. */
const LOOKBACK = 30 * 86_400_000
const MINUTE = 60_000

/**
 * Resolves where Portkey shows that the key, asked for the workspace, reaches that one and no other. A key of a workspace ignores the
 * slug that is asked for, so only what comes back tells. Looks at the listing of workspaces in analytics; where that is empty or not
 * there, at the list of workspaces itself. Throws `UPSTREAM_FORBIDDEN` otherwise.
 */
export async function showsWorkspaceAlone(
  client: Pick<PortkeyClient, 'fetch' | 'get'>,
  credentials: { readonly key: string; readonly workspace: string },
  ask: Ask,
  now: number,
): Promise<void> {
  const { workspace } = credentials
  const seen = await workspacesSeen(client, credentials, ask, now)
  if (seen.some((slug) => slug !== workspace)) throw wrongWorkspace(workspace)
  if (seen.length > 0) return
  const listed = await workspacesListed(client, credentials.key, ask)
  if (!listed.includes(workspace)) throw wrongWorkspace(workspace)
}

/** Workspaces that had requests, as the key sees them when it asks for its own; `[]` where nobody can say. */
async function workspacesSeen(
  client: Pick<PortkeyClient, 'fetch'>,
  credentials: { readonly key: string; readonly workspace: string },
  ask: Ask,
  now: number,
): Promise<readonly string[]> {
  const end = Math.floor(now / MINUTE) * MINUTE + MINUTE
  const call = {
    endpoint: { kind: 'group', name: 'workspace' },
    window: { start: end - LOOKBACK, end },
    filters: {},
    columns: [],
  } as const
  try {
    const { answer } = await client.fetch(call, credentials, ask)
    return answer.kind === 'listing' ? answer.values : []
  } catch (error) {
    if (error instanceof MissingEndpoint) return []
    throw error
  }
}

/** Slugs of all workspaces that the key itself may list. */
export async function workspacesListed(
  client: Pick<PortkeyClient, 'get'>,
  key: string,
  ask: Ask,
): Promise<readonly string[]> {
  const rows = await allRows('workspaces', (page) => client.get('workspaces', page, { key, workspace: null }, ask))
  return rows.flatMap((row) => (isWireObject(row) && typeof row.slug === 'string' ? [row.slug] : []))
}

function wrongWorkspace(workspace: string): ServiceError {
  return new ServiceError(
    'UPSTREAM_FORBIDDEN',
    `This token is bound to the workspace ${JSON.stringify(workspace)}, and Portkey does not show that its key reaches that one and no other. Check the token's workspace and key.`,
  )
}
