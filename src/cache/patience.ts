/** How one waits for work that has a stand-in. */
export type Impatient<Value> = {
  /** Aborts when nobody waits for the value. */
  readonly signal: AbortSignal
  /** How long to wait for the work when there is a stand-in, in ms. */
  readonly patienceMs: number
  /** What could be given instead, at this moment; `null` when there is nothing. */
  readonly standIn: () => Value | null
}

/**
 * The value of `work`, or its stand-in when the work takes longer than one has patience; then the work goes on, so that its value is
 * there for whoever asks next. An abort reaches the work as long as it is waited for.
 */
export async function withPatience<Value>(
  work: (signal: AbortSignal) => Promise<Value>,
  { signal, patienceMs, standIn }: Impatient<Value>,
): Promise<Value> {
  const own = new AbortController()
  const stop = () => own.abort(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  let timer: NodeJS.Timeout | undefined
  const enough = new Promise<Value>((resolve) => {
    timer = setTimeout(() => {
      const value = standIn()
      if (value !== null) resolve(value)
    }, patienceMs)
  })
  const working = work(own.signal)
  // A failure after patience ran out is met again by whoever needs the value next.
  working.catch(() => {})
  try {
    return await Promise.race([working, enough])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}
