import type { ServiceError } from '../../src/errors.js'
import { meaningOf } from './language.js'
import { fieldOf } from './names.js'
import type { Among, Oracle } from './oracle.js'
import type { Question } from './question.js'
import type { Variant } from './variants.js'

/** A refusal, filed under its kind; `untrue` says why the reason given does not hold, as far as that can be checked. */
export type Reason = { readonly kind: string; readonly untrue: string | null }

/** Files a 422 by its reason and checks what it claims against the requests and the deployment. */
export async function reasonOf(
  error: ServiceError,
  question: Question,
  oracle: Oracle,
  variant: Variant,
): Promise<Reason> {
  const { message } = error
  const nullGroup = async (name: string, among: Among): Promise<Reason> => {
    const found = await oracle.count(untested(question, variant), variant.reach, name, 'isNull', among)
    return { kind: 'null group', untrue: found > 0 ? null : `no request is without ${name}` }
  }
  const without = /^Some requests have no (.+?)(?:,| and pass)/.exec(message)?.[1]
  if (without !== undefined) {
    // What is said of one filter or of a pair's other half is so before the other filters are looked at.
    const alone = /pass|pairs of provider/.test(message)
    return nullGroup(without, alone ? 'requests' : 'filtered')
  }
  const comma = /^The value .* of (.+?) holds a comma/s.exec(message)
  if (comma?.[1] !== undefined) {
    const found = await oracle.count(question, variant.reach, comma[1], 'holdsComma', 'requests')
    return { kind: 'comma listed', untrue: found > 0 ? null : `no value of ${comma[1]} holds a comma` }
  }
  if (error.code === 'PLAN_TOO_EXPENSIVE') {
    const [calls = 0, most = 0] = (message.match(/\d+/g) ?? []).map(Number)
    const dear = calls > most && most === variant.maxCalls
    return { kind: 'too expensive', untrue: dear ? null : `${calls} calls are not more than ${variant.maxCalls}` }
  }
  const lacks = /lacks (.+?)\. /.exec(message)?.[1]
  if (lacks !== undefined) {
    const there = lacks.split(', ').filter((name) => !canLack(name, variant))
    return { kind: 'lacking endpoint', untrue: there.length === 0 ? null : `it does have ${there}` }
  }
  return { kind: kindOf(message), untrue: null }
}

/** The question without the filters on what it groups by: those are tested on its rows, after what a refusal speaks of. */
function untested(question: Question, { bindings }: Variant): Question {
  const datasource = meaningOf(question.datasource)
  const grouped = (question.groupBy ?? []).map((name) => fieldOf(datasource, name, bindings).sql)
  const filters = (question.filters ?? []).filter((filter) => {
    const name = 'fieldName' in filter ? filter.fieldName : `metadata.${filter.metadataKey}`
    return !grouped.includes(fieldOf(datasource, name, bindings).sql)
  })
  return { ...question, filters }
}

/** Fields and columns that the documented profile does not send, besides endpoints that a variant takes away. */
function canLack(name: string, { emulator }: Variant): boolean {
  const [place = '', field] = name.split(':')
  const endpoint = place.startsWith('groups/metadata/') ? 'groups/metadata' : place
  const { profile = 'live', missing = [], omitSummaries = false } = emulator
  // The graph of the cache's latency may come without a summary anywhere.
  if (field === 'summary') return omitSummaries || place === 'graphs/cache/latency'
  if (missing.includes(endpoint)) return true
  if (profile === 'live') return false
  const old = ['users', 'ai-models', 'metadata'].map((listing) => `groups/${listing}`)
  if (endpoint.startsWith('groups/'))
    return field === undefined ? !old.includes(endpoint) : endpoint === 'groups/ai-models'
  return endpoint === 'graphs/tokens' && (field === 'input' || field === 'output')
}

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/is not answered by this version/, 'not yet'],
  [/is not to be had/, 'no such aggregation'],
  [/leaves values of .* out|^Portkey finds .* by equality/, 'complement'],
  [/cannot filter by/, 'no filter'],
  [/with a comma cannot be sent/, 'comma sent'],
  [/^Portkey cannot give/, 'no exact way'],
  [/^The filters of one upstream call/, 'too long'],
  [/cannot list the values|has no listing of/, 'no listing'],
]

function kindOf(message: string): string {
  return KINDS.find(([pattern]) => pattern.test(message))?.[1] ?? 'unknown upstream'
}
