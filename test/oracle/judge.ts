import { differenceOf } from './compare.js'
import type { Deployment, Outcome } from './deployment.js'
import type { Question } from './question.js'
import { reasonOf } from './reasons.js'

/** What came of one question. `wrong` breaks the promise; its text says how. */
export type Judgement =
  | { readonly kind: 'answered'; readonly rows: number; readonly calls: number }
  | { readonly kind: 'refused'; readonly reason: string; readonly message: string }
  | { readonly kind: 'wrong'; readonly how: string }

/**
 * Asks the service and the oracle. The promise: the same rows in the same order, numbers equal but for rounding, upstream
 * calls counted right; or a 422 whose reason is true. Anything else is wrong.
 */
export async function judge(deployment: Deployment, question: Question, fresh: boolean): Promise<Judgement> {
  const { oracle, variant } = deployment
  const outcome = await deployment.ask(question, fresh)
  switch (outcome.kind) {
    case 'failed':
      return wrong(`failed with ${told(outcome.error)}`)
    case 'refused': {
      const reason = await reasonOf(outcome.error, question, oracle, variant)
      if (reason.untrue !== null) return wrong(`refused untruly: ${reason.untrue}\n  ${outcome.error.message}`)
      return { kind: 'refused', reason: reason.kind, message: outcome.error.message }
    }
    case 'answered':
      return judgeAnswer(deployment, question, outcome)
  }
}

async function judgeAnswer(
  { oracle, variant }: Deployment,
  question: Question,
  { reply, requests }: Extract<Outcome, { kind: 'answered' }>,
): Promise<Judgement> {
  const verdict = await oracle.ask(question, variant.reach)
  if (verdict.kind === 'unknown') return wrong(`answered what Portkey does not know: ${verdict.names}`)
  const { dataPoints } = reply.data
  const averageDecimals = variant.emulator.averageDecimals ?? null
  const difference = differenceOf(dataPoints, verdict.points, { wholes: verdict.wholes, averageDecimals })
  if (difference !== null) return wrong(difference)
  if (reply.upstreamCalls !== requests)
    return wrong(`sent ${requests} requests upstream and says ${reply.upstreamCalls}`)
  return { kind: 'answered', rows: dataPoints.length, calls: requests }
}

function wrong(how: string): Judgement {
  return { kind: 'wrong', how }
}

function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? `${String(error.code)} ` : ''
  const details = 'details' in error ? ` ${JSON.stringify(error.details)}` : ''
  const stack = code === '' ? `\n${error.stack ?? ''}` : ''
  return `${error.name} ${code}${error.message}${details}${stack}`
}
