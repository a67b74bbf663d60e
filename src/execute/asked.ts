import type { Ask } from '../portkey/ask.js'

/** On whose behalf the upstream is asked, until when (ms of `performance.now()`), and how often it was. */
export type Asked = Omit<Ask, 'deadline'> & { readonly deadline: number; readonly sent: () => number }

/** An `Ask` of its own lane that waits for at most `timeoutMs` unless told until when, and counts what is sent. */
export function askOf(
  options: { readonly deadline?: number; readonly onSent?: () => void },
  signal: AbortSignal,
  timeoutMs: number,
): Asked {
  let sent = 0
  return {
    signal,
    deadline: options.deadline ?? performance.now() + timeoutMs,
    lane: {},
    onSent: () => {
      sent += 1
      options.onSent?.()
    },
    sent: () => sent,
  }
}

/** The same for the client, which reads the deadline again and again. */
export function asLong(ask: Asked): Ask {
  return { ...ask, deadline: () => ask.deadline }
}
