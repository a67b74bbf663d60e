import { pino } from 'pino'

/** Where log lines go; standard output unless a test listens. */
export type LogStream = { write(line: string): void }

/** Lines are written together, so many characters or milliseconds of them: a write each would cost as much as a held reply. */
const BUFFERED_LENGTH = 8_192
const BUFFERED_MS = 100

/** Standard output. When its reader has gone nobody is left to tell, and neither questions nor a stop may suffer from it. */
export const standardOutput = (): LogStream => {
  const destination = pino.destination({ fd: 1, sync: true })
  destination.on('error', () => {
    destination.write = () => true
  })
  const buffered = createBuffered((text) => destination.write(text))
  process.once('exit', buffered.flushSync)
  return buffered
}

/**
 * Hands lines on together; the last of them when they are flushed, which the logger does itself after a fatal one. The destination could
 * do it (`minLength`, `periodicFlush`), but its own flush tries a pipe that nobody reads again and again, and never ends.
 */
const createBuffered = (write: (text: string) => void) => {
  let pending = ''
  let timer: NodeJS.Timeout | null = null
  const flushSync = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const text = pending
    pending = ''
    if (text !== '') write(text)
  }
  return {
    flushSync,
    write(line: string) {
      pending += line
      if (pending.length >= BUFFERED_LENGTH) flushSync()
      else timer ??= setTimeout(flushSync, BUFFERED_MS).unref()
    },
  }
}
