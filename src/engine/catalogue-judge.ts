import type { Catalog } from '../catalog/catalog.js'
import { type ErrorCode, ServiceError } from '../errors.js'
import { type Capabilities, NO_DOUBTS } from '../plan/capabilities.js'
import type { Knowledge } from '../plan/planner.js'
import { planWithin } from '../plan/too-expensive.js'
import { parseQuery } from '../query/parse.js'

/** Uses (`groupBy`, operators, aggregations; `IS_NULL true` where the other value is answered) that are refused, with the error that a question would get. */
export type Refused = { readonly uses: readonly string[]; readonly code: ErrorCode; readonly message: string }

/** Why a question is refused; `null` when it has a plan. */
export type Judge = (body: Body) => Omit<Refused, 'uses'> | null
/** A question, or a part of one, as it would be sent; not yet validated. */
export type Body = Readonly<Record<string, unknown>>

/** `general` knows what Portkey can do at best, `here` what was learnt of a deployment. */
export type Judges = { readonly general: Judge; readonly here: Judge }

/** A judge that plans as the engine would, asking nothing upstream. */
export function judgeWith(
  capabilities: Capabilities,
  knowledge: Omit<Knowledge, 'capabilities' | 'doubts'> & { readonly catalog: Catalog },
  maxCalls: number,
): Judge {
  return (body) => {
    try {
      const query = parseQuery(body, knowledge.catalog)
      planWithin(query, { ...knowledge, capabilities, doubts: NO_DOUBTS }, maxCalls)
      return null
    } catch (error) {
      if (error instanceof ServiceError) return { code: error.code, message: error.message }
      throw error
    }
  }
}

/** A judge of what is put into the least question. */
export function onto(least: Body, judge: Judge): Judge {
  return (body) => judge({ ...least, ...body })
}

/** A use of a field or a column, and the part of a question that makes it. */
export type Use = { readonly use: string; readonly body: Body }

/** What of the uses is refused, and what only this deployment stands in the way of. Uses that meet the same refusal stand together. */
export function judgeUses(uses: readonly Use[], { general, here }: Judges): Judged {
  const refused = new Map<string, Refused>()
  const ruledOut = new Map<string, Refused>()
  const never = new Set<string>()
  for (const { use, body } of uses) {
    const always = general(body)
    const now = always === null ? here(body) : null
    if (always !== null) {
      note(refused, use, always)
      never.add(use)
    }
    if (now !== null) note(ruledOut, use, now)
  }
  const answers = (use: string) =>
    use === IS_NULL ? !EITHER_NULL.every((either) => never.has(either)) : !never.has(use)
  return { refused: [...refused.values()].map(joined), ruledOut: [...ruledOut.values()].map(joined), answers }
}

const IS_NULL = 'IS_NULL'
const EITHER_NULL = [`${IS_NULL} true`, `${IS_NULL} false`]

/** The two values of `IS_NULL` are told apart only where they meet different fates. */
function joined(refused: Refused): Refused {
  const [first] = EITHER_NULL
  if (!EITHER_NULL.every((either) => refused.uses.includes(either))) return refused
  const uses = refused.uses.flatMap((use) => (use === first ? [IS_NULL] : EITHER_NULL.includes(use) ? [] : [use]))
  return { ...refused, uses }
}

/** What judges made of a field's or a column's uses; `ruledOut`: what `here` alone refuses. */
export type Judged = {
  readonly refused: readonly Refused[]
  readonly ruledOut: readonly Refused[]
  /** Whether a use can be answered by some deployment. */
  readonly answers: (use: string) => boolean
}

function note(into: Map<string, Refused>, use: string, { code, message }: Omit<Refused, 'uses'>): void {
  into.set(message, { uses: [...(into.get(message)?.uses ?? []), use], code, message })
}
