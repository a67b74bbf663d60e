import type { MeasureName, Reading } from './types.js'
import type { GroupValue } from './vocabulary.js'

/** What plans rest on about a reading: what texts become, and which of them become alike. */
export type ReadingEntry = {
  /** The value of a field that a dimension's text is; `''` is what the upstream writes for "none". */
  readonly read: (text: string) => GroupValue
  /**
   * Of two readings of one dimension that a datasource has, the one with the lower number tells more apart, and the other can be read
   * off it.
   */
  readonly coarseness: number
  /** Texts that read alike, so that rows of a listing have to be added up: none do, those that are null, or others too. */
  readonly alike: 'none' | 'nulls' | 'values'
  /** Whether a row of a datasource with such a field can be without a value: where the dimension has none, always, or never. */
  readonly nullable: 'asDimension' | 'always' | 'never'
  /** All its values, where they are few: each is a set of status codes that can be asked for at once. */
  readonly few?: readonly GroupValue[]
  /** Failures alone have a value. */
  readonly ofFailures?: true
  /** The measure under which the upstream reports how many requests have a value. */
  readonly countedAs?: MeasureName
}

/** Every way to read a dimension's text: a row each. What they mean is told where they are named, at `Reading`. */
export const READINGS: Readonly<Record<Reading, ReadingEntry>> = {
  text: {
    read: (text) => (text === '' ? null : text),
    coarseness: 0,
    alike: 'none',
    nullable: 'asDimension',
  },
  number: {
    read: (text) => (text === '' ? null : Number(text)),
    coarseness: 1,
    alike: 'none',
    nullable: 'asDimension',
  },
  errorText: {
    read: (text) => (isFailure(text) ? text : null),
    coarseness: 2,
    alike: 'nulls',
    nullable: 'always',
    ofFailures: true,
    countedAs: 'errors',
  },
  isFailure: {
    read: isFailure,
    coarseness: 3,
    alike: 'values',
    nullable: 'never',
    few: [false, true],
  },
  guardrailAction: {
    read: (text) => GUARDRAIL_ACTIONS.get(text) ?? null,
    coarseness: 4,
    alike: 'nulls',
    nullable: 'never',
    few: ['deny', 'flag', null],
  },
  guardrailResult: {
    read: (text) => (GUARDRAIL_ACTIONS.has(text) ? 'fail' : null),
    coarseness: 5,
    alike: 'values',
    nullable: 'never',
    few: ['fail', null],
  },
  attempts: {
    read: (text) => (text.startsWith(RETRY) ? Number(text.slice(RETRY.length)) : null),
    coarseness: 6,
    alike: 'nulls',
    nullable: 'always',
  },
  rescue: {
    read: (text) => (text.startsWith(RETRY) ? 'retry' : text),
    coarseness: 7,
    alike: 'values',
    nullable: 'never',
  },
}

/** The least status code that is a failure: errors are status ≥ 400 upstream. */
const FIRST_FAILURE = 400

function isFailure(status: string): boolean {
  return status !== '' && Number(status) >= FIRST_FAILURE
}

/** Statuses that Portkey gives to requests that a guardrail judged against. */
const GUARDRAIL_ACTIONS: ReadonlyMap<string, string> = new Map([
  ['246', 'flag'],
  ['446', 'deny'],
])

/** A rescue by the second retry is `retry:2`; the other kind is `fallback` (`catalog/parts.ts`). */
const RETRY = 'retry:'
