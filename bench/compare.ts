/** What a piece of work took beside a reference run in turn with it, so that a busy machine slows both alike. */
export type Compared = {
  /** Median milliseconds of one run of the work. */
  readonly medianMs: number
  /** The slowest twentieth begins here. */
  readonly p95Ms: number
  /** Median of the batches' times over those of the reference beside them: hardly depends on the machine. */
  readonly ratio: number
}

/** How long the compiler is warmed up, and how long is measured then. */
const WARM_UP_MS = 500
const MEASURED_MS = 1_500
/** A batch is long enough for the clock: about so many milliseconds. */
const BATCH_MS = 2

/** Times the work against the reference, batch by batch in turn. Blocks for about two seconds. */
export function compare(work: () => unknown, reference: () => unknown): Compared {
  const warm = batches(WARM_UP_MS, () => ({ work: timed(work, 1), reference: timed(reference, 1) }))
  const runs = runsFor(warm.map((batch) => batch.work))
  const referenceRuns = runsFor(warm.map((batch) => batch.reference))
  const pairs = batches(MEASURED_MS, () => {
    const ms = timed(work, runs)
    return { ms, ratio: ms / timed(reference, referenceRuns) }
  })
  const times = pairs.map(({ ms }) => ms)
  const ratios = pairs.map(({ ratio }) => ratio)
  return { medianMs: quantile(times, 0.5), p95Ms: quantile(times, 0.95), ratio: quantile(ratios, 0.5) }
}

/** Batches for so long, ten at the least. */
function batches<T>(ms: number, batch: () => T): readonly T[] {
  const done: T[] = []
  for (const end = performance.now() + ms; done.length < 10 || performance.now() < end; ) done.push(batch())
  return done
}

/** The value that so large a part of the values does not exceed. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** How many runs fill a batch, after runs that took so long. */
function runsFor(times: readonly number[]): number {
  return Math.max(1, Math.round(BATCH_MS / quantile(times, 0.5)))
}

/** Milliseconds of one run, over so many. */
function timed(work: () => unknown, runs: number): number {
  const began = performance.now()
  for (let run = 0; run < runs; run++) kept = work()
  return (performance.now() - began) / runs
}

/** Results go somewhere, so that no run is optimised away. */
let kept: unknown
export const lastResult = (): unknown => kept
