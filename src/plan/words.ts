import type { Reading } from '../catalog/types.js'
import { labelOf, needsOneRow } from './measures.js'
import type { EachItem, EachNode, KeepNode, Plan, Read, Take } from './plan.js'
import type { Test } from './predicate.js'

/** What a node does, in words and without its parts. */
export function wordsOf(plan: Plan): string {
  switch (plan.op) {
    case 'call':
      return readText(plan.read)
    case 'merge':
      return 'measures of the same cells, side by side'
    case 'add':
      return 'disjoint slices, added up where they meet'
    case 'minus':
      return 'the whole less the part, cell by cell'
    case 'subtract':
      return `adds the requests without ${plan.group.label}`
    case 'each':
      return eachText(plan)
    case 'pair':
      return plan.source.kind === 'known'
        ? `paired with every ${plan.field} known to exist, in one list`
        : `paired with every ${plan.field} listed, in one list`
    case 'rebucket':
      return bucketsText(plan.edges)
    case 'keep':
      return keepText(plan)
    case 'fold':
      return [
        `adds up over ${plan.group.label}`,
        ...plan.counts.map(({ measure }) => `counts ${labelOf(measure)}`),
      ].join(', ')
    case 'spread':
      return `reads ${plan.from.label} as ${plan.to.map(({ label }) => label).join(', ')}`
    case 'guard':
      return `${labelOf(plan.measure)} is ${labelOf(plan.rowMeasure)}`
    case 'balance':
      return `the listing, held against ${labelOf(plan.measure)}`
    case 'empty':
      return 'nothing can match'
  }
}

/** A length of time in ms as the largest unit that divides it: `1 hour`, `48 minutes`. */
export function durationText(ms: number): string {
  const [size, unit] = UNITS.find(([length]) => ms % length === 0) ?? [1, 'millisecond']
  return `${ms / size} ${unit}${ms === size ? '' : 's'}`
}

const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
]

/** Texts in a line: whole numbers that follow each other as a range, and no more than the first few of a long list. */
export function listText(values: readonly string[]): string {
  const runs: { readonly first: string; readonly last: string }[] = []
  for (const value of values) {
    const before = runs.at(-1)
    if (before && isWhole(before.last) && isWhole(value) && Number(value) === Number(before.last) + 1)
      runs[runs.length - 1] = { first: before.first, last: value }
    else runs.push({ first: value, last: value })
  }
  const texts = runs.map(({ first, last }) => (first === last ? quoted(first) : `${first}…${last}`))
  if (texts.length <= MOST_SHOWN) return texts.join('|')
  return `${texts.slice(0, MOST_SHOWN).join('|')}|… (${values.length})`
}

const MOST_SHOWN = 5

/** A text that could be taken for more than one, or for none, in quotes. */
function quoted(text: string): string {
  return /^[^\s|"=…{}()]+$/.test(text) ? text : JSON.stringify(text)
}

function isWhole(text: string): boolean {
  return /^\d{1,9}$/.test(text)
}

function readText(read: Read): string {
  const takes = read.takes.map(takeText).join(', ')
  switch (read.kind) {
    case 'window':
      return `of the whole window: ${takes}`
    case 'points':
      return `points of ${durationText(read.step)}: ${takes}`
    case 'split':
      return read.step === null
        ? `points added up by ${read.group.label}: ${takes}`
        : `points of ${durationText(read.step)} by ${read.group.label}: ${takes}`
    case 'rows':
      return `rows by ${read.group.label}: ${takes}`
    case 'sum':
      return `${needsOneRow(read.takes) ? 'of its only row' : 'of all rows, added up'}: ${takes}`
  }
}

function takeText(take: Take): string {
  return take.from === 'average' ? `${labelOf(take.measure)} (average × count)` : labelOf(take.measure)
}

function eachText({ source, how, field, slot }: EachNode): string {
  const values = source.kind === 'listing' ? `${field} listed` : `${field} in ${source.items.map(itemText).join(', ')}`
  switch (how.kind) {
    case 'group':
      return `one run for every ${values}, as {${slot}}`
    case 'sum':
      return `one run for every ${values}, as {${slot}}, added up`
    case 'together':
      return `one run with every ${values}, as {${slot}}`
    case 'unless':
      return `one run unless there is any ${values}`
  }
}

function itemText({ value, push }: EachItem): string {
  const pushed = listText(push)
  return pushed === String(value) ? pushed : `${value} (${pushed})`
}

function bucketsText(edges: readonly number[]): string {
  const [first = 0] = edges
  const count = edges.length - 1
  const sizes = new Set(edges.slice(1).map((edge, index) => edge - (edges[index] ?? edge)))
  const [size = 0, ...others] = sizes
  const each = others.length === 0 ? ` of ${durationText(size)}` : ''
  return `into ${count} ${count === 1 ? 'bucket' : 'buckets'}${each} from ${new Date(first).toISOString()}`
}

function keepText({ group, tests, negated }: KeepNode): string {
  const conditions = tests.map((test) => `${group.label} ${testText(test)}`).join(' and ')
  return negated ? `rows that fail ${conditions}` : `rows with ${conditions}`
}

function testText({ reading, predicate }: Test): string {
  const as = READ_AS[reading]
  switch (predicate.kind) {
    case 'in':
      return `${as}IN ${listText(predicate.values.map(String))}`
    case 'notIn':
      return `${as}NOT_IN ${listText(predicate.values.map(String))}`
    case 'match':
      return `${as}STRING_${predicate.negated ? 'NOT_' : ''}${MATCHES[predicate.how]} ${JSON.stringify(predicate.text)}`
    case 'range': {
      const { min, max } = predicate
      const low = min === null ? [] : [`${min.inclusive ? '>=' : '>'} ${min.value}`]
      const high = max === null ? [] : [`${max.inclusive ? '<=' : '<'} ${max.value}`]
      return `${as}${[...low, ...high].join(' and ')}`
    }
    case 'null':
      return `${as}IS_NULL ${predicate.isNull}`
  }
}

const READ_AS: Readonly<Record<Reading, string>> = {
  text: '',
  number: '',
  errorText: 'as an error ',
  isFailure: 'as a failure ',
  guardrailAction: 'as a guardrail’s action ',
  guardrailResult: 'as a guardrail’s result ',
  rescue: 'as a kind of rescue ',
  attempts: 'as a retry’s number ',
}

const MATCHES = { contains: 'CONTAINS', startsWith: 'STARTS_WITH', endsWith: 'ENDS_WITH' } as const
