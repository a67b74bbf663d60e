/** An aggregation of a numeric or text expression over those of a cell's requests that are `rows`, as SQL: a double or null. */
export function aggregateSql(type: string, sql: string, rows = 'true'): string {
  const of = (aggregate: string): string => `(${aggregate} FILTER (${rows}))::DOUBLE`
  switch (type) {
    case 'count':
      return of(`count(${sql})`)
    case 'countDistinct':
      return of(`count(DISTINCT ${sql})`)
    case 'sum':
      return `coalesce(${of(`sum(${sql})`)}, 0)`
    case 'avg':
    case 'min':
    case 'max':
      return of(`${type}(${sql})`)
    default:
      return of(`quantile_cont((${sql})::DOUBLE, ${shareOf(type)})`)
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
