/** Answers are private and change with time; a question is a POST, which no cache keeps anyway. */
const FIXED = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } as const

/** Headers of every reply. */
export const replyHeaders = (id: string) => ({ 'x-request-id': id, ...FIXED })

/** The same as names and values in turn. */
export const replyHeaderList = (id: string): string[] => ['x-request-id', id, ...FIXED_LIST]

const FIXED_LIST: readonly string[] = Object.entries(FIXED).flat()
