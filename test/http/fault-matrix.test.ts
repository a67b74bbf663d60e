import t, { type Test } from 'tap'
import { NOW } from '../engine/service.js'
import { type FaultCase, LASTING, PASSING } from './fault-cases.js'
import {
  checkAnswered,
  checkCount,
  checkCountWithin,
  checkFailed,
  inState,
  type Played,
  play,
  STATES,
  type State,
} from './fault-cell.js'
import { FAULT_QUESTIONS, type FaultQuestion } from './fault-questions.js'
import { watchProcess } from './leaks.js'

// Every fault × what is held × each question, over HTTP.

const watched = watchProcess()
t.jobs = 3

type Cell = { readonly name: string; readonly question: FaultQuestion; readonly state: State }

const cells: readonly Cell[] = Object.entries(FAULT_QUESTIONS).flatMap(([title, question]) =>
  STATES.map((state) => ({ name: `${title}, ${state}`, question, state })),
)

/** Checks that what is held and good is given, and nothing asked. */
const checkWarm = (t: Test, played: Played, { question, name }: Cell) => {
  t.equal(played.arrived, 0, `${name}: nothing is asked`)
  checkCount(t, played, name)
  checkAnswered(t, played, question, { cache: ['hit'], moment: NOW }, name)
}

/** Checks what a question meets while the fault lasts. */
const checkDuring = (t: Test, played: Played, { error, tries, refuses }: FaultCase, cell: Cell) => {
  const { name, question, state } = cell
  if (state === 'warm') return checkWarm(t, played, cell)
  // Where some of it is held one call may be asked in place of another.
  const most = tries.most * (question.calls + (state === 'cold' ? 0 : 1))
  if (question.calls === 1 && state !== 'stale') checkCount(t, played, name)
  if (state === 'stale' && !refuses) {
    checkCountWithin(t, played, 1, most, name)
    return checkAnswered(t, played, question, { cache: ['stale'], moment: NOW }, name)
  }
  checkFailed(t, played, error, name)
  checkCountWithin(t, played, tries.least, most, name)
}

/** Checks what an equal question meets once the fault is over. */
const checkAfter = (t: Test, played: Played, { error, holdsOff }: FaultCase, { question, state, ...cell }: Cell) => {
  const name = `${cell.name}, afterwards`
  if (!holdsOff || state === 'warm') {
    if (state === 'warm') return checkAnswered(t, played, question, { cache: ['hit'] }, name)
    // What was tried on behind a stale answer may have come meanwhile; then it is of now.
    const brought = state === 'stale' && played.asked.headers.get('x-cache') === 'hit'
    if (brought) return checkAnswered(t, played, question, { cache: ['hit'], moment: played.now }, name)
    return checkAnswered(t, played, question, { cache: ['miss', 'partial'] }, name)
  }
  // Nothing is asked before the time that the upstream named.
  checkCountWithin(t, played, 0, 0, name)
  if (state === 'stale') checkAnswered(t, played, question, { cache: ['stale'], moment: NOW }, name)
  else checkFailed(t, played, error, name)
}

const lasting = Object.entries(LASTING).map(([what, fault]) =>
  t.test(`as long as there is ${what}`, async (t) => {
    await Promise.all(
      cells.map(async (cell) => {
        const service = await inState(t, cell.question, cell.state, fault.env)
        service.emulator.injectFault(fault.fault)
        checkDuring(t, await play(service, cell.question), fault, cell)
        service.emulator.clearFaults()
        const after = await play(service, cell.question)
        const joined = fault.outlasts && cell.state === 'stale' && after.asked.headers.get('x-cache') === 'stale'
        if (!joined) return checkAfter(t, after, fault, cell)
        checkAnswered(t, after, cell.question, { cache: ['stale'], moment: NOW }, `${cell.name}, with those who wait`)
        checkAfter(t, await play(service, cell.question), fault, cell)
      }),
    )
  }),
)

const passing = Object.entries(PASSING).map(([what, { fault, outlasts, env }]) =>
  t.test(`after ${what}, once, it is asked again`, async (t) => {
    await Promise.all(
      cells.map(async (cell) => {
        const { name, question, state } = cell
        const service = await inState(t, question, state, env)
        service.emulator.injectFault(fault, { times: 1 })
        const played = await play(service, question)
        if (state === 'warm') return checkWarm(t, played, cell)
        if (state === 'stale' && outlasts) {
          return checkAnswered(t, played, question, { cache: ['stale', 'partial'] }, name)
        }
        checkCount(t, played, name)
        if (state === 'cold') t.equal(played.arrived, question.calls + 1, `${name}: one request more`)
        checkAnswered(t, played, question, { cache: ['miss', 'partial'] }, name)
      }),
    )
  }),
)

const slow = t.test('ten times as slow is not failed', async (t) => {
  await Promise.all(
    cells.map(async (cell) => {
      const { name, question, state } = cell
      const service = await inState(t, question, state)
      service.emulator.set({ latencyMs: 20 })
      service.emulator.injectFault({ kind: 'slow', ms: 180 })
      const played = await play(service, question)
      if (state === 'warm') return checkWarm(t, played, cell)
      checkCount(t, played, name)
      checkAnswered(t, played, question, { cache: ['miss', 'partial'] }, name)
    }),
  )
})

const moving = t.test('the questions can tell one moment from another', async (t) => {
  const { 'hours up to now': question } = FAULT_QUESTIONS
  if (question === undefined) throw new Error('there is no such question')
  const { emulator } = await inState(t, question, 'stale')
  t.notSame(question.rows(emulator, NOW), question.rows(emulator, emulator.now()))
})

await Promise.all([...lasting, ...passing, slow, moving])
t.test('nothing is left', (t) => watched.check(t))
