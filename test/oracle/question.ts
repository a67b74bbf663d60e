/** A question as a caller writes it. The oracle takes it for valid: what is not, it answers in some way or throws on. */
export type Question = {
  readonly startTs: string
  readonly endTs: string
  readonly datasource: string
  readonly type: 'distribution' | 'timeseries'
  readonly aggregations?: readonly { readonly type: string; readonly column: string }[]
  readonly groupBy?: readonly string[]
  readonly filters?: readonly QuestionFilter[]
  readonly interval?: string
  readonly limit?: number
  readonly timeZone?: string
}

export type QuestionFilter =
  | { readonly fieldName: string; readonly operator: string; readonly value: FilterValue }
  | { readonly metadataKey: string; readonly operator: string; readonly value: FilterValue }

export type FilterValue = Scalar | readonly Scalar[]
export type Scalar = string | number | boolean

/** One row of a reply. */
export type Point = Readonly<Record<string, string | number | boolean | null>>

/** `[start, end)`, epoch ms. */
export type Span = { readonly start: number; readonly end: number }

/** The window of a question. */
export function spanOf(question: Question): Span {
  return { start: Date.parse(question.startTs), end: Date.parse(question.endTs) }
}
