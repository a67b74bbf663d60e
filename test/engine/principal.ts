import type { Principal } from '../../src/engine.js'

/** A principal who may ask everything. */
export const principal = (parts: Partial<Principal> & Pick<Principal, 'scope' | 'upstreamKey'>): Principal => ({
  name: parts.scope,
  view: parts.scope,
  share: parts.scope,
  workspace: null,
  restriction: null,
  standing: 'configured',
  requestsPerMinute: null,
  ...parts,
})
