import { LRUCache } from 'lru-cache'
import type { Catalog } from '../catalog/catalog.js'
import { type Capabilities, NOTHING_LEARNT } from '../plan/capabilities.js'
import { type Catalogue, describeCatalogue } from './catalogue.js'
import { type Judge, judgeWith } from './catalogue-judge.js'

/** Catalogues that are remembered at once. */
const MOST = 20
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Describes what can be asked of deployments with these capabilities, at this moment (epoch ms). */
export type Catalogues = (capabilities: Capabilities, now: number) => Promise<Catalogue>

/** A describer that remembers: what Portkey can do at best never changes, and a deployment that taught nothing new is as it was. */
export function createCatalogues(catalog: Catalog, retentionDays: number | null, maxCalls: number): Catalogues {
  const held = new LRUCache<string, Promise<Catalogue>>({ max: MOST })
  const verdicts = new Map<string, ReturnType<Judge>>()
  return (capabilities, now) => {
    const end = Math.floor(now / HOUR) * HOUR
    const name = JSON.stringify([end, ...shortcomings(capabilities)])
    const known = held.get(name)
    if (known !== undefined) return known
    const knowledge = { catalog, now, retentionDays }
    const window = { startTs: new Date(end - DAY).toISOString(), endTs: new Date(end).toISOString() }
    const best = judgeWith(NOTHING_LEARNT, knowledge, maxCalls)
    const general: Judge = (body) => {
      const text = JSON.stringify({ ...body, startTs: '', endTs: '' })
      const verdict = verdicts.has(text) ? (verdicts.get(text) ?? null) : best(body)
      verdicts.set(text, verdict)
      return verdict
    }
    const lacksNothing = shortcomings(capabilities).every((names) => names.length === 0)
    const here: Judge = lacksNothing ? () => null : judgeWith(capabilities, knowledge, maxCalls)
    const described = describeCatalogue(catalog, window, general, here)
    held.set(name, described)
    described.catch(() => held.delete(name))
    return described
  }
}

/** What of the capabilities can stand in a question's way. */
function shortcomings(capabilities: Capabilities): readonly (readonly string[])[] {
  const { missing, lacking, manyRows } = capabilities
  return [[...missing].toSorted(), [...lacking].toSorted(), manyRows ? ['manyRows'] : []]
}
