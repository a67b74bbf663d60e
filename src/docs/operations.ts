import { LOG_FIELDS } from '../http/log-fields.js'
import { PROCESS_METRICS } from '../telemetry/process-table.js'
import { METRICS, type MetricRow } from '../telemetry/table.js'
import { folded, tableOf } from './table.js'

/** README's table of metrics: those of the service, and folded those of the process. */
export const metricsTable = (): string => {
  const rows = Object.entries<MetricRow>(METRICS)
  return [
    tableOf(
      ['Metric', 'Type', 'Labels', 'Meaning'],
      rows.map(([name, { type, help, labels }]) => [`\`${name}\``, type, labelsText(labels), help]),
    ),
    '',
    ...folded(
      'Metrics of the process',
      tableOf(
        ['Metric', 'Meaning'],
        Object.entries(PROCESS_METRICS).map(([name, help]) => [`\`${name}\``, help]),
      ),
    ),
  ].join('\n')
}

/** README's table of the fields of log lines. */
export const logTable = (): string =>
  tableOf(
    ['Field', 'Meaning'],
    Object.entries(LOG_FIELDS).map(([name, meaning]) => [`\`${name}\``, meaning]),
  )

const labelsText = (labels: MetricRow['labels']): string =>
  Object.entries(labels)
    .map(([name, meaning]) => `\`${name}\`: ${meaning}`)
    .join('; ')
