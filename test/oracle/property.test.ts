import fc from 'fast-check'
import t from 'tap'
import { AWKWARD_KEYS } from './awkward.js'
import { type Deployment, deploy } from './deployment.js'
import { type Judgement, judge } from './judge.js'
import type { Question } from './question.js'
import { type Matter, questions, simpleQuestions } from './questions.js'
import { valuesSeen } from './values.js'
import { VARIANTS, type Variant } from './variants.js'

/**
 * ORACLE_SEED (a number or `random`) asks other questions, ORACLE_RUNS so many of each variant, ORACLE_ONLY of one variant
 * alone. Without them every run asks the same, so that it fails only for what has changed.
 */
const { ORACLE_SEED = '20260401' } = process.env
const SEED = ORACLE_SEED === 'random' ? Date.now() % 2 ** 31 : Number(ORACLE_SEED)
const RUNS = Number(process.env.ORACLE_RUNS ?? 80)
const { ORACLE_ONLY: ONLY } = process.env
const SIMPLE_RUNS = 100
/**
 * The share of everyday questions that a deployment has to answer. The documented API lists neither providers, keys nor
 * status codes, and does not split tokens.
 */
const ANSWERED_SHARE = new Map([
  ['live', 0.97],
  ['documented', 0.4],
])

const GENERATED_KEYS = ['env', 'team', '_user', 'agent', 'mcp_server', 'mcp_tool', 'mcp_method', 'nobody has it']

// A busy machine may take several times as long as a free one; whoever asks for more questions waits as long as it takes.
t.setTimeout(process.env.ORACLE_RUNS === undefined ? 600_000 : 0)
t.comment(`ORACLE_SEED=${SEED} ORACLE_RUNS=${RUNS}`)

VARIANTS.filter(({ name }) => ONLY === undefined || name === ONLY).forEach((variant, index) => {
  t.test(`${variant.name}: every answer is the oracle's, or a 422 with a true reason`, async (t) => {
    const deployment = await deploy(variant)
    t.teardown(() => deployment.close())
    const matter = await matterOf(deployment, variant)
    const tally = new Map<string, number>()
    await hold(deployment, questions(matter), RUNS, SEED + index, tally)
    t.comment(`${variant.name}: ${shown(tally)}`)
    t.ok((tally.get('answered') ?? 0) > 0, 'something was answered')
  })
})

VARIANTS.forEach((variant, index) => {
  const floor = ANSWERED_SHARE.get(variant.name)
  if (floor === undefined) return
  t.test(`${variant.name}: everyday questions are answered`, async (t) => {
    const deployment = await deploy(variant)
    t.teardown(() => deployment.close())
    const matter = await matterOf(deployment, variant)
    const tally = new Map<string, number>()
    await hold(deployment, simpleQuestions(matter), SIMPLE_RUNS, SEED + index, tally)
    t.comment(`${variant.name}, everyday: ${shown(tally)}`)
    const share = (tally.get('answered') ?? 0) / SIMPLE_RUNS
    t.ok(share >= floor, `${Math.round(share * 100)} % answered`)
  })
})

async function matterOf(deployment: Deployment, variant: Variant): Promise<Matter> {
  const metadataKeys = variant.emulator.rows === undefined ? GENERATED_KEYS : AWKWARD_KEYS
  const seen = await valuesSeen(deployment.oracle, metadataKeys)
  return { era: { since: variant.since, now: variant.emulator.now }, seen, metadataKeys }
}

/** Asks; throws on the first broken promise, shrunk, with the body to send and what was wrong. */
async function hold(
  deployment: Deployment,
  arbitrary: fc.Arbitrary<Question>,
  numRuns: number,
  seed: number,
  tally: Map<string, number>,
): Promise<void> {
  // Mostly as a caller whose deployment is known by now, at times as one about whom nothing is.
  const known = fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) })
  const property = fc.asyncProperty(arbitrary, known, async (question, fresh) => {
    const judgement = await judge(deployment, question, fresh)
    const kind = kindOf(judgement)
    tally.set(kind, (tally.get(kind) ?? 0) + 1)
    if (judgement.kind === 'wrong') throw new Error(judgement.how)
  })
  const result = await fc.check(property, { numRuns, seed })
  if (!result.failed) return
  const [question, fresh] = result.counterexample ?? []
  const how = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance)
  throw new Error(
    `${deployment.variant.name}${fresh ? ', fresh' : ''}: ${how}\n  body ${JSON.stringify(question)}\n  ORACLE_SEED=${SEED}`,
  )
}

function kindOf(judgement: Judgement): string {
  return judgement.kind === 'refused' ? judgement.reason : judgement.kind
}

function shown(tally: ReadonlyMap<string, number>): string {
  return [...tally]
    .toSorted(([, one], [, other]) => other - one)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ')
}
