import { type DuckDBAppender, type DuckDBConnection, DuckDBInstance, MAP, mapValue, VARCHAR } from '@duckdb/node-api'
import type { TrafficRow } from '../../src/emulator/emulator.js'

/** A value that SQL answered. Counts and sums are made doubles in SQL, so no wider integers arrive. */
export type SqlValue = string | number | boolean | null

/** Requests in a SQL table, `requests`, and what rescued them in another, `rescues`. */
export type SqlStore = {
  /** Rows of a query, by column in the order selected. Throws on what SQL refuses. */
  query(sql: string): Promise<readonly (readonly SqlValue[])[]>
  close(): void
}

const TABLE = `CREATE TABLE requests (
  at_ms DOUBLE, workspace VARCHAR, service VARCHAR, provider VARCHAR, model VARCHAR, status INTEGER, config VARCHAR,
  api_key VARCHAR, prompt VARCHAR, metadata MAP(VARCHAR, VARCHAR), input_tokens DOUBLE, output_tokens DOUBLE,
  cost_cents DOUBLE, latency_ms DOUBLE, cache VARCHAR, cache_savings_cents DOUBLE, cache_latency_ms DOUBLE,
  retries INTEGER, fallback BOOLEAN, feedback DOUBLE, score DOUBLE, trace_id VARCHAR, span_id VARCHAR)`

/** A row a rescue: a request that a retry and a fallback rescued is two. */
const RESCUES = `CREATE VIEW rescues AS
  SELECT *, 'retry' AS rescue, retries AS attempt FROM requests WHERE retries > 0
  UNION ALL SELECT *, 'fallback', NULL FROM requests WHERE fallback`

/** Loads requests, once. */
export async function createStore(rows: readonly TrafficRow[]): Promise<SqlStore> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run(TABLE)
  await connection.run(RESCUES)
  const appender = await connection.createAppender('requests')
  for (const row of rows) append(appender, row)
  appender.closeSync()
  return { query: (sql) => read(connection, sql), close: () => connection.closeSync() }
}

function append(to: DuckDBAppender, row: TrafficRow): void {
  const text = (value: string | null) => (value === null ? to.appendNull() : to.appendVarchar(value))
  to.appendDouble(row.at)
  for (const value of [row.workspace, row.service, row.provider, row.model]) text(value)
  to.appendInteger(row.status)
  for (const value of [row.config, row.apiKey, row.prompt]) text(value)
  const entries = Object.entries(row.metadata).map(([key, value]) => ({ key, value }))
  to.appendMap(mapValue(entries), MAP(VARCHAR, VARCHAR))
  to.appendDouble(row.inputTokens)
  to.appendDouble(row.outputTokens)
  to.appendDouble(row.costCents)
  to.appendDouble(row.latencyMs)
  text(row.cache)
  to.appendDouble(row.cacheSavingsCents)
  to.appendDouble(row.cacheLatencyMs)
  to.appendInteger(row.retrySuccessCount)
  to.appendBoolean(row.fallback)
  if (row.feedback === null) to.appendNull()
  else to.appendDouble(row.feedback.score * row.feedback.weight)
  if (row.feedback === null) to.appendNull()
  else to.appendDouble(row.feedback.score)
  text(row.traceId)
  text(row.spanId)
  to.endRow()
}

async function read(connection: DuckDBConnection, sql: string): Promise<readonly (readonly SqlValue[])[]> {
  const reader = await connection.runAndReadAll(sql)
  return reader.getRows().map((row) => row.map(plain))
}

function plain(value: unknown): SqlValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  throw new Error(`SQL answered a ${typeof value}`)
}
