import type { Query } from '../query/query.js'
import type { Answered, Asking } from './question.js'

const DAY = 86_400_000

/**
 * Epoch ms until which an equal question has the same reply: as long as every part is good, no further bucket begins, and the window
 * has not left what Portkey keeps.
 */
export function expiryOf(query: Query, { parts, planned }: Answered, { knowledge }: Pick<Asking, 'knowledge'>): number {
  const { now, retentionDays } = knowledge
  const ahead = [...(planned.edges ?? []), query.window.start, query.window.end].filter((edge) => edge > now)
  const kept = retentionDays === null ? Number.POSITIVE_INFINITY : query.window.start + retentionDays * DAY
  return Math.min(parts.freshUntil, kept, now + DAY, ...ahead)
}
