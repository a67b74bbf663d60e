import { createEmulator, type Fault } from '../src/emulator/emulator.js'

/**
 * The upstream of a soak, in a process of its own: generated traffic at the real clock, and now and then a fault. Says where it listens;
 * ends with its parent.
 */
const emulator = createEmulator({ historyDays: 5, requestsPerHour: 30, latencyMs: 2 })

/** Every so often one of these strikes some requests. */
const FAULT_EVERY_MS = 5_000
const FAULTS: readonly { readonly fault: Fault; readonly times: number }[] = [
  { fault: { kind: 'reset' }, times: 3 },
  { fault: { kind: 'resetMidBody' }, times: 3 },
  { fault: { kind: 'status', status: 429, headers: { 'retry-after': '1' } }, times: 2 },
  { fault: { kind: 'status', status: 500 }, times: 5 },
  { fault: { kind: 'status', status: 503 }, times: 5 },
  { fault: { kind: 'hang' }, times: 2 },
  { fault: { kind: 'slow', ms: 300 }, times: 10 },
  { fault: { kind: 'truncatedJson' }, times: 3 },
  { fault: { kind: 'wrongTypes' }, times: 2 },
  { fault: { kind: 'quota' }, times: 2 },
]

let struck = 0
const strike = () => {
  const next = FAULTS[struck % FAULTS.length]
  struck += 1
  if (next !== undefined) emulator.injectFault(next.fault, { times: next.times })
}

const faults = setInterval(strike, FAULT_EVERY_MS)
const forget = setInterval(() => emulator.resetRequests(), 1_000)
process.once('disconnect', () => {
  clearInterval(faults)
  clearInterval(forget)
  void emulator.close()
})
process.send?.(await emulator.listen())
