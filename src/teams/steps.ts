/** Work that may be put down and taken up again between any two of its steps. */
export type Steps<Value> = Generator<void, Value>

/** Longest that steps hold up other work, in ms. */
const SLICE_MS = 5

/** Does all of it now. */
export function atOnce<Value>(steps: Steps<Value>): Value {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** Does it in slices of some milliseconds, other work between them. */
export async function inSlices<Value>(steps: Steps<Value>): Promise<Value> {
  for (;;) {
    const until = performance.now() + SLICE_MS
    do {
      const step = steps.next()
      if (step.done) return step.value
    } while (performance.now() < until)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
