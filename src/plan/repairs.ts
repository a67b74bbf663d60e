import type { ProofName } from '../catalog/types.js'
import { endpointId } from '../portkey/endpoints.js'
import { type Finding, placeOf } from './capabilities.js'
import { labelOf } from './measures.js'
import { durationText } from './words.js'

/** Why a plan was given up for another and what it had cost by then, as one sentence for people. */
export function repairText(why: string, calls: number): string {
  return `${why}; planned again after ${calls} ${calls === 1 ? 'call' : 'calls'}.`
}

/** What a run met that its plan did not assume, in words. */
export function findingText(finding: Finding): string {
  switch (finding.kind) {
    case 'missing':
      return `this deployment has no ${placeOf(finding.endpoint)}`
    case 'lacking':
      return `${endpointId(finding.endpoint)} has no ${finding.fields.join(', ')}`
    case 'manyRows':
      return 'a listing that should have one row has more'
    case 'step':
      return `a window of ${durationText(finding.length)} is answered in steps of ${durationText(finding.step)}`
    case 'imprecise':
      return `the ${AVERAGES[finding.proof]} of ${endpointId(finding.endpoint)} do not multiply back`
    case 'nulls':
      return `some requests are left out of ${labelOf(finding.measure)}`
    case 'empty':
      return `the listing of ${finding.dimension} has no rows, so the key may be unknown`
    case 'barred':
      return finding.refusal.why.replace(/\.$/, '')
    case 'values':
      return `${finding.dimension} has ${finding.count} values, more than were expected`
  }
}

const AVERAGES: Readonly<Record<ProofName, string>> = {
  tokens: 'token averages',
  hits: 'hit rates',
  precision: 'averages',
}
