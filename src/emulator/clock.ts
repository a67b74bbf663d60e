/** The emulator's time: the real clock until it is set, then still at the instant it was set to. */
export type Clock = { now(): number; set(ms: number): void }

/** `fixed` in epoch ms, or `undefined` for the real clock. */
export function createClock(fixed: number | undefined): Clock {
  let instant = fixed
  return {
    now: () => instant ?? Date.now(),
    set(ms) {
      instant = ms
    },
  }
}
