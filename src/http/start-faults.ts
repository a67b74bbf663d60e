import { ConfigError } from '../config.js'

/** What to do about an address that cannot be listened on, by the system's code. */
const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'choose another PORT, or stop what listens there',
  EACCES: 'choose a PORT from 1024 on, or give the process the right to this one',
  EADDRNOTAVAIL: 'set HOST to an address of this machine, or to 0.0.0.0 for all of them',
  EAFNOSUPPORT: 'set HOST to an address of a kind that this machine has, as 0.0.0.0',
  ENOTFOUND: 'set HOST to an address of this machine, or to 0.0.0.0 for all of them',
  EAI_AGAIN: 'set HOST to an address rather than a name, or see to it that the name can be looked up',
}

/** Calls of the system that listening takes. */
const LISTENING = ['listen', 'bind', 'getaddrinfo']

/**
 * Why the process cannot start, for who reads the log of a crashed container: one line a fault, each saying what to do where that is
 * known. No stack: it helps nobody who mistyped a variable or chose a port that is taken.
 */
export const startFaults = (error: unknown): readonly string[] => {
  if (error instanceof ConfigError) return error.faults.map(oneLine)
  if (!(error instanceof Error)) return [oneLine(String(error))]
  return [oneLine([error.message, ...adviceOn(error)].join(': '))]
}

const adviceOn = (error: Error): readonly string[] => {
  if (!('code' in error && typeof error.code === 'string' && 'syscall' in error)) return []
  const advice = ADVICE[error.code]
  return advice !== undefined && LISTENING.some((name) => name === error.syscall) ? [advice] : []
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()
