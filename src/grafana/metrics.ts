import type { DatasourceEntry } from '../catalog/types.js'
import { QUESTION_TYPES } from '../query/query.js'
import { INTERVAL_CHOICES } from './interval.js'
import { FORMATS } from './payload.js'

/** A choice of the plugin's builder. */
export type Choice = { readonly label: string; readonly value: string }

/** A datasource as the builder offers it, with the boxes of its payload. */
export type Metric = Choice & { readonly payloads: readonly Box[] }

/** A box of the builder; a `select` without `options` asks for them when it is opened. */
export type Box = {
  readonly name: string
  readonly label: string
  readonly type: 'select' | 'multi-select' | 'input' | 'textarea'
  readonly placeholder: string
  readonly options?: readonly Choice[]
}

/** Datasources, as far as they can be chosen. */
type Named = Pick<DatasourceEntry, 'name'>

/** What a builder can ask about: datasources, each with the boxes that make up a question. */
export function metricsOf(datasources: readonly Named[]): readonly Metric[] {
  return datasources.map(({ name }) => ({ label: name, value: name, payloads: BOXES }))
}

/** Names of datasources, for `/search` of older plugins. */
export function metricNames(datasources: readonly Named[]): readonly string[] {
  return datasources.map(({ name }) => name)
}

/** A choice whose label is its value. */
export function choice(value: string): Choice {
  return { label: value, value }
}

/** The choices of `interval`: `auto` fits the buckets to the panel. */
export const INTERVALS: readonly Choice[] = ['auto', '$__interval', ...INTERVAL_CHOICES].map(choice)

const BOXES: readonly Box[] = [
  { name: 'type', label: 'Type', type: 'select', placeholder: 'timeseries', options: QUESTION_TYPES.map(choice) },
  { name: 'format', label: 'Format', type: 'select', placeholder: 'series', options: FORMATS.map(choice) },
  { name: 'aggregations', label: 'Show', type: 'multi-select', placeholder: 'total' },
  { name: 'groupBy', label: 'Group by', type: 'multi-select', placeholder: 'nothing' },
  { name: 'field', label: 'Where', type: 'select', placeholder: 'a field' },
  { name: 'operator', label: 'is', type: 'select', placeholder: 'one of' },
  { name: 'value', label: 'Value', type: 'multi-select', placeholder: 'any' },
  { name: 'interval', label: 'Interval', type: 'select', placeholder: 'auto', options: INTERVALS },
  { name: 'limit', label: 'Top', type: 'input', placeholder: 'all groups' },
  { name: 'timeZone', label: 'Time zone', type: 'input', placeholder: 'UTC' },
  { name: 'filters', label: 'More filters', type: 'textarea', placeholder: 'field OPERATOR value, one a line' },
]
