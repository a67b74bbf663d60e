import type { Answer } from '../portkey/answer.js'
import type { Held } from './held.js'

/**
 * Whether a value that came from outside the process is a `Held` as this service makes them: columns as long as their rows, finite
 * numbers, starts that ascend by one step, values once each. What is not must never be shown.
 */
export function isHeld(value: unknown): value is Held {
  return isRecord(value) && isNumber(value.fetchedAt) && value.fetchedAt >= 0 && isAnswer(value.answer)
}

function isAnswer(value: unknown): value is Answer {
  if (!isRecord(value)) return false
  switch (value.kind) {
    case 'series':
      return isSteady(value.starts, value.step) && isColumns(value.fields, value.starts) && isFigures(value.summary)
    case 'listing':
      return isDistinct(value.values) && isColumns(value.fields, value.values)
    case 'summary':
      return isFigures(value.summary)
    default:
      return false
  }
}

/** Bucket starts that ascend by `step`, which is null where fewer than two show none. */
function isSteady(starts: unknown, step: unknown): starts is readonly number[] {
  if (!Array.isArray(starts) || !starts.every((start) => Number.isSafeInteger(start))) return false
  if (starts.length < 2) return step === null
  return isNumber(step) && step > 0 && starts.every((start, i) => i === 0 || start - starts[i - 1] === step)
}

function isDistinct(values: unknown): values is readonly string[] {
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) return false
  return new Set(values).size === values.length
}

function isColumns(fields: unknown, rows: readonly unknown[]): boolean {
  if (!isRecord(fields)) return false
  return Object.values(fields).every(
    (column) => Array.isArray(column) && column.length === rows.length && column.every(isFigure),
  )
}

function isFigures(summary: unknown): boolean {
  return isRecord(summary) && Object.values(summary).every(isFigure)
}

function isFigure(value: unknown): value is number | null {
  return value === null || isNumber(value)
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
