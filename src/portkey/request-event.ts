/** One HTTP request that has ended. */
export type RequestEvent = {
  /** Which endpoint it asked: `HttpRequest.endpoint`. */
  readonly endpoint: string
  /** Of its reply; `null` when no whole one came. */
  readonly status: number | null
  /** 1 for the first try, 2 for the first retry. */
  readonly attempt: number
  /** Ms that it waited for its turn. */
  readonly queuedMs: number
  /** Ms from its sending to the last byte of the reply. */
  readonly ms: number
}
