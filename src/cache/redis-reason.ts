/** A time budget ran out. */
export const TOO_SLOW = new Error('Too slow')

/** Why Redis failed, in a few words out of a closed set: no text of a reply, a URL or a command is repeated. */
export function reasonOf(error: unknown): string {
  if (error === TOO_SLOW) return 'it answers too slowly'
  const word = refusalOf(error)
  if (word !== null) return `it refuses: ${word}`
  if (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^[A-Z_]{3,40}$/.test(error.code)
  ) {
    return `no connection: ${error.code}`
  }
  return 'the connection was lost, or what answers is no Redis'
}

/** The first word of an error reply (`OOM`, `WRONGTYPE`, `LOADING`); `null` when an error is none. */
export function refusalOf(error: unknown): string | null {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return null
  return /^[A-Z]{2,20}\b/.exec(error.message)?.[0] ?? 'ERR'
}
