import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Capabilities } from './capabilities.js'

/** What was learnt of a deployment, and when (epoch ms) the first of it was: it is believed only so long. */
export type Learnt = { readonly since: number; readonly capabilities: Capabilities }

/** Text from which another replica reads the same. */
export function writeLearnt({ since, capabilities }: Learnt): string {
  return JSON.stringify({
    since,
    ...capabilities,
    missing: [...capabilities.missing],
    lacking: [...capabilities.lacking],
    listsUnattributed: [...capabilities.listsUnattributed],
    values: [...capabilities.values],
    there: [...capabilities.there],
  })
}

/** Reads what `writeLearnt` wrote; `null` when it is anything else. */
export function readLearnt(text: string): Learnt | null {
  const read = parsed(text)
  if (!Value.Check(LEARNT, read)) return null
  return {
    since: read.since,
    capabilities: {
      missing: new Set(read.missing),
      lacking: new Set(read.lacking),
      listsUnattributed: new Set(read.listsUnattributed),
      preciseAverages: read.preciseAverages,
      manyRows: read.manyRows,
      steps: read.steps,
      values: new Map(read.values),
      there: new Set(read.there),
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const TEXTS = Type.Array(Type.String())
const LEARNT = Type.Object({
  since: Type.Number(),
  missing: TEXTS,
  lacking: TEXTS,
  listsUnattributed: Type.Array(Type.Union([Type.Literal('metadata'), Type.Literal('newer')])),
  preciseAverages: Type.Boolean(),
  manyRows: Type.Boolean(),
  steps: Type.Array(Type.Object({ length: Type.Number(), step: Type.Number() })),
  values: Type.Array(Type.Tuple([Type.String(), Type.Integer({ minimum: 0 })])),
  there: TEXTS,
})
