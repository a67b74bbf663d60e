import { hash } from 'node:crypto'
import type { Config } from '../config.js'
import type { Principal } from '../engine.js'

/** What is said of a principal; the digests follow from it. */
export type Described = Pick<Principal, 'name' | 'upstreamKey' | 'restriction' | 'standing' | 'requestsPerMinute'> & {
  /** `null` = that of the configuration. */
  readonly workspace: string | null
  /** Tells apart principals of equal names. */
  readonly kind: string
}

/** A principal who may ask everything that the key shows, as often as it likes. */
export function unlimited(name: string, upstreamKey: string): Described {
  return {
    name,
    upstreamKey,
    workspace: null,
    restriction: null,
    standing: 'configured',
    requestsPerMinute: null,
    kind: 'configured',
  }
}

/** The principal of a description at the configured upstream. */
export function principalFrom(
  { portkeyBaseUrl, portkeyWorkspaceSlug }: Pick<Config, 'portkeyBaseUrl' | 'portkeyWorkspaceSlug'>,
  described: Described,
): Principal {
  const { name, upstreamKey, restriction, standing, requestsPerMinute } = described
  const workspace = described.workspace ?? portkeyWorkspaceSlug
  // The same key may be good at two deployments that share one Redis.
  const scope = digest([portkeyBaseUrl, upstreamKey, workspace])
  const sees = restriction === null ? null : [...restriction].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return {
    name,
    scope,
    // Who is bound is given nothing before the upstream has shown its workspace; the others may have been given it already.
    view: sees === null && standing !== 'bound' ? scope : digest([scope, standing, sees]),
    share: standing === 'caller' ? scope : `${described.kind} ${name}`,
    upstreamKey,
    workspace,
    restriction,
    standing,
    requestsPerMinute,
  }
}

function digest(parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts))
}
