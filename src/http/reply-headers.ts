/**
 * Answers are private and change with time; a question is a POST, which no cache keeps anyway. Nothing here is a page that another may
 * frame, load or learn addresses from; the pages there are have a policy of their own.
 */
const FIXED = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
} as const

/** Headers of every reply. */
export const replyHeaders = (id: string) => ({ 'x-request-id': id, ...FIXED })

/** The same as names and values in turn. */
export const replyHeaderList = (id: string): string[] => ['x-request-id', id, ...FIXED_LIST]

const FIXED_LIST: readonly string[] = Object.entries(FIXED).flat()
