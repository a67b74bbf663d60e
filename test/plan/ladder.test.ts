import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { stepOf } from '../../src/emulator/ladder.js'
import { NOTHING_LEARNT, remember } from '../../src/plan/capabilities.js'
import { cut, cutCount, type Observation, observe, predictStep, spanLengths } from '../../src/plan/ladder.js'
import { STEPS } from '../../src/portkey/graphs.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const TILE = 48 * MINUTE

t.test('before anything was seen, the published regimes are believed', (t) => {
  const cases = [
    [MINUTE, MINUTE],
    [TILE, MINUTE],
    [59 * MINUTE, MINUTE],
    [61 * MINUTE, 10 * MINUTE],
    [6 * HOUR, 10 * MINUTE],
    [DAY, HOUR],
    [7 * DAY, HOUR],
    [30 * DAY, DAY],
    [365 * DAY, DAY],
  ] as const
  for (const [length, step] of cases) t.equal(predictStep(length, []), step, `${length / MINUTE} minutes`)
  t.end()
})

t.test('an observation is believed for its length, and bounds the others', (t) => {
  const seen = [{ length: 12 * HOUR, step: HOUR }]
  t.equal(predictStep(12 * HOUR, seen), HOUR)
  t.equal(predictStep(18 * HOUR, seen), HOUR, 'longer is not finer')
  t.equal(predictStep(6 * HOUR, seen), 10 * MINUTE, 'shorter may be')
  t.equal(predictStep(40 * DAY, [{ length: 90 * DAY, step: HOUR }]), HOUR, 'shorter is not coarser')
  t.end()
})

/** A ladder of the deployment's own: any switch points, steps that never shrink. */
const ladders = fc
  .uniqueArray(fc.integer({ min: 5, max: 60 * 24 * 90 }), { minLength: 3, maxLength: 3 })
  .map((minutes) => {
    const ends = minutes.toSorted((one, other) => one - other)
    return STEPS.map((stepMs, index) => ({ upToMs: (ends[index] ?? Number.POSITIVE_INFINITY) * MINUTE, stepMs }))
  })
const lengths = fc.integer({ min: 1, max: 60 * 24 * 120 }).map((minutes) => minutes * MINUTE)
const answered = (ladder: Parameters<typeof stepOf>[0], length: number): Observation => ({
  length,
  step: stepOf(ladder, 0, length - 1),
})

t.test('whatever the ladder: what was seen is predicted, and steps never shrink as windows grow', (t) => {
  fc.assert(
    fc.property(ladders, fc.array(lengths, { maxLength: 12 }), lengths, lengths, (ladder, asked, one, other) => {
      const seen = asked.map((length) => answered(ladder, length)).reduce(observe, [])
      for (const length of asked) assert.equal(predictStep(length, seen), answered(ladder, length).step)
      assert.ok(predictStep(Math.min(one, other), seen) <= predictStep(Math.max(one, other), seen))
    }),
    { numRuns: 300 },
  )
  t.end()
})

t.test('what contradicts the newest observation is forgotten', (t) => {
  const old = [answered([{ upToMs: Number.POSITIVE_INFINITY, stepMs: DAY }], HOUR)].reduce(observe, [])
  const now = observe(old, { length: 2 * HOUR, step: 10 * MINUTE })
  t.strictSame(now, [{ length: 2 * HOUR, step: 10 * MINUTE }])
  t.equal(observe(now, { length: 2 * HOUR, step: 10 * MINUTE }), now, 'nothing new is the same value')
  t.end()
})

t.test('observations stay few, however many windows are asked', (t) => {
  fc.assert(
    fc.property(ladders, fc.array(lengths, { maxLength: 60 }), (ladder, asked) => {
      const seen = asked.map((length) => answered(ladder, length)).reduce(observe, [])
      assert.ok(seen.length <= 2 * STEPS.length, `${seen.length}`)
    }),
    { numRuns: 100 },
  )
  t.end()
})

t.test('a cut covers the window once, in pieces that are fine enough', (t) => {
  const starts = fc.integer({ min: 0, max: 60 * 24 * 400 }).map((minutes) => Date.UTC(2026, 0, 1) + minutes * MINUTE)
  const offsets = fc.integer({ min: 0, max: MINUTE - 1 })
  const steps = fc.constantFrom(...STEPS)
  fc.assert(
    fc.property(
      starts,
      offsets,
      lengths,
      steps,
      fc.array(lengths, { maxLength: 6 }),
      ladders,
      (at, off, length, step, asked, ladder) => {
        const window = { start: at + off, end: at + off + length }
        const seen = asked.map((one) => answered(ladder, one)).reduce(observe, [])
        const pieces = cut(window, step, seen)
        assert.equal(cutCount(window, step, seen), pieces?.length ?? Number.POSITIVE_INFINITY)
        if (pieces === null) return
        assert.equal(pieces[0]?.start, window.start)
        assert.equal(pieces.at(-1)?.end, window.end)
        pieces.forEach((piece, index) => {
          assert.ok(piece.start < piece.end)
          assert.ok(predictStep(piece.end - piece.start, seen) <= step)
          const next = pieces[index + 1]
          if (next) {
            assert.equal(next.start, piece.end)
            assert.equal(next.start % step, 0, 'cuts lie on the grid of the step')
            if (step === MINUTE) assert.equal(next.start % TILE, 0, 'minute series on the grid of the tiles')
          }
        })
      },
    ),
    { numRuns: 300 },
  )
  t.end()
})

t.test('a day of minutes is thirty tiles', (t) => {
  const start = Date.UTC(2026, 3, 21)
  const pieces = cut({ start, end: start + DAY }, MINUTE, []) ?? []
  t.equal(pieces.length, 30)
  t.ok(pieces.every((piece) => piece.end - piece.start === TILE))
  t.end()
})

t.test('a step that no length is known to give has no span', (t) => {
  const seen = [answered([{ upToMs: Number.POSITIVE_INFINITY, stepMs: DAY }], 10 * MINUTE)]
  t.equal(spanLengths(MINUTE, seen), null)
  t.equal(cut({ start: 0, end: DAY }, MINUTE, seen), null)
  t.equal(cutCount({ start: 0, end: DAY }, MINUTE, seen), Number.POSITIVE_INFINITY)
  t.end()
})

t.test('what tells nothing new leaves what is known as it is', async (t) => {
  const observed = [
    { length: 2 * HOUR, step: 10 * MINUTE },
    { length: 18 * HOUR, step: 10 * MINUTE },
  ]
  t.equal(observe(observed, { length: 2 * HOUR, step: 10 * MINUTE }), observed)
  t.equal(observe(observed, { length: 6 * HOUR, step: 10 * MINUTE }), observed)
  t.not(observe(observed, { length: 19 * HOUR, step: 10 * MINUTE }), observed)
  const known = { ...NOTHING_LEARNT, steps: observed }
  t.equal(remember(known, { kind: 'step', length: 6 * HOUR, step: 10 * MINUTE }), known)
})
