import type { MeasureKey, Plan, Take } from './plan.js'
import { type Costed, merged } from './way.js'

/** One way to ask for some of the measures: what it gives and what it costs, whichever of them are taken. */
export type Candidate = {
  readonly calls: number
  readonly takes: readonly Take[]
  readonly build: (takes: readonly Take[]) => Plan
}

/** Beyond this many candidates only the cheapest are combined; no question comes near it. */
const MOST_CANDIDATES = 12

/**
 * The cheapest set of candidates that gives every measure; among equals the one that derives fewest measures from averages,
 * then the one with fewest plans. Each measure is taken once, read off directly where the set allows it.
 */
export function cheapestCover(measures: readonly MeasureKey[], candidates: readonly Candidate[]): Costed {
  const useful = candidates
    .map((candidate) => ({ ...candidate, takes: candidate.takes.filter((take) => measures.includes(take.measure)) }))
    .filter((candidate) => candidate.takes.length > 0 && Number.isFinite(candidate.calls))
    .toSorted((one, other) => one.calls - other.calls)
    .filter((candidate, index, all) => !all.slice(0, index).some((other) => surpasses(other, candidate)))
    .slice(0, MOST_CANDIDATES)
  if (measures.length === 0)
    return { kind: 'way', calls: 0, least: 0, rounds: 0, build: () => ({ op: 'empty', measures }) }
  const uncovered = measures.filter((measure) => !useful.some((candidate) => gives(candidate, measure)))
  if (uncovered.length > 0) return { kind: 'impossible', measures: uncovered }
  let best: { readonly chosen: readonly Candidate[]; readonly rank: readonly number[] } | null = null
  for (let mask = 1; mask < 1 << useful.length; mask++) {
    const chosen = useful.filter((_, index) => (mask >> index) & 1)
    if (!measures.every((measure) => chosen.some((candidate) => gives(candidate, measure)))) continue
    const rank = [sum(chosen.map((candidate) => candidate.calls)), derived(measures, chosen), chosen.length]
    if (best === null || precedes(rank, best.rank)) best = { chosen, rank }
  }
  if (best === null) return { kind: 'impossible', measures }
  const { chosen, rank } = best
  const calls = rank[0] ?? 0
  return { kind: 'way', calls, least: calls, rounds: 1, build: () => merged(assigned(measures, chosen)) }
}

/** One plan a candidate, each with the takes that fall to it. */
function assigned(measures: readonly MeasureKey[], chosen: readonly Candidate[]): readonly Plan[] {
  const shares = new Map<Candidate, Take[]>()
  for (const measure of measures) {
    const offers = chosen.flatMap((candidate) =>
      candidate.takes.filter((take) => take.measure === measure).map((take) => ({ candidate, take })),
    )
    const offer = offers.find(({ take }) => take.from !== 'average') ?? offers[0]
    if (offer) shares.set(offer.candidate, [...(shares.get(offer.candidate) ?? []), offer.take])
  }
  return [...shares].map(([candidate, takes]) => candidate.build(takes))
}

/** Whether a candidate that costs no more gives all that another gives, and as directly. */
function surpasses(one: Candidate, other: Candidate): boolean {
  return other.takes.every((take) =>
    one.takes.some((own) => own.measure === take.measure && (own.from !== 'average' || take.from === 'average')),
  )
}

function gives(candidate: Candidate, measure: MeasureKey): boolean {
  return candidate.takes.some((take) => take.measure === measure)
}

function derived(measures: readonly MeasureKey[], chosen: readonly Candidate[]): number {
  const direct = (measure: MeasureKey) =>
    chosen.some((candidate) => candidate.takes.some((take) => take.measure === measure && take.from !== 'average'))
  return measures.filter((measure) => !direct(measure)).length
}

function precedes(one: readonly number[], other: readonly number[]): boolean {
  const index = one.findIndex((value, at) => value !== other[at])
  return index >= 0 && (one[index] ?? 0) < (other[index] ?? 0)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
