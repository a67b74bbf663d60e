import type { Principal } from '../engine.js'

/**
 * Whether a principal may read the lists beside analytics. They know no filters, so whoever sees a part of the data alone does not
 * see them.
 */
export const mayRead = (principal: Principal & { readonly filters?: readonly unknown[] }): boolean =>
  (principal.filters ?? []).length === 0
