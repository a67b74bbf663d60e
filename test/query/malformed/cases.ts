import type { ErrorCode } from '../../../src/errors.js'
import { LEAST } from '../question.js'

/** A body that must be refused: a value to send as JSON, or the text itself where JSON text can say what a value cannot. */
export type Malformed = { readonly name: string; readonly code: ErrorCode } & (
  | { readonly body: unknown }
  | { readonly text: string }
)

export const GOOD_FILTER = { fieldName: 'modelName', operator: 'EQUAL', value: 'gpt-4o' }
export const SERIES = { ...LEAST, type: 'timeseries' }
export const long = (length: number): string => 'x'.repeat(length)
export const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** One case a value, under one field of the least question. */
export const inField = (
  field: string,
  code: ErrorCode,
  values: readonly unknown[],
  base: object = LEAST,
): Malformed[] =>
  values.map((value, index) => ({
    name: `${field} ${index}: ${label(value)}`,
    code,
    body: { ...base, [field]: value },
  }))

export const filters = (code: ErrorCode, contents: readonly unknown[], datasource = 'modelMetrics'): Malformed[] =>
  contents.map((content, index) => ({
    name: `filter ${index} of ${datasource}: ${label(content)}`,
    code,
    body: { ...LEAST, datasource, filters: [content] },
  }))

export const on = (fieldName: string, operator: unknown, value?: unknown): object => ({ fieldName, operator, value })
export const label = (value: unknown): string => (JSON.stringify(value) ?? 'left out').slice(0, 60)

/** The text of the least question with one more field at its end. */
export function withField(field: string): string {
  return `${JSON.stringify(LEAST).slice(0, -1)},${field}}`
}

export function withFilterValue(value: string, fieldName = 'modelName'): string {
  const operator = fieldName === 'modelName' ? 'EQUAL' : 'GREATER_THAN'
  return withField(`"filters":[{"fieldName":"${fieldName}","operator":"${operator}","value":${value}}]`)
}
