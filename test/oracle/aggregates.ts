/** An aggregation of a numeric or text expression over a cell's requests, as SQL that answers a double or null. */
export function aggregateSql(type: string, sql: string): string {
  switch (type) {
    case 'count':
      return `count(${sql})::DOUBLE`
    case 'countDistinct':
      return `count(DISTINCT ${sql})::DOUBLE`
    case 'sum':
      return `coalesce(sum(${sql}), 0)::DOUBLE`
    case 'avg':
      return `avg(${sql})::DOUBLE`
    case 'min':
      return `min(${sql})::DOUBLE`
    case 'max':
      return `max(${sql})::DOUBLE`
    default:
      return `quantile_cont((${sql})::DOUBLE, ${shareOf(type)})`
  }
}

/** Whether the aggregation is a sum or made of one, so that a difference of larger numbers may lie behind it. */
export function isShare(type: string): boolean {
  return type === 'sum' || type === 'avg'
}

/** `p99` → 0.99. */
function shareOf(type: string): number {
  const percent = /^p(\d\d)$/.exec(type)?.[1]
  if (percent === undefined) throw new Error(`the oracle knows no aggregation ${type}`)
  return Number(percent) / 100
}
