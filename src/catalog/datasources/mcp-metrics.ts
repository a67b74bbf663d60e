import { errorRate, latencyMs } from '../columns.js'
import { FULL_STRING, NARROW_STRING } from '../operators.js'
import { errorCode, httpStatusCode, isFailure } from '../outcomes.js'
import { field } from '../rows.js'
import { conversationID, createdBySubjectType, latencyFilter, team, userEmail, virtualAccount } from '../subjects.js'
import type { DatasourceEntry } from '../types.js'

/** Requests to MCP servers: those that carry the server's name as metadata. */
export const mcpMetrics: DatasourceEntry = {
  name: 'mcpMetrics',
  rows: { kind: 'having', field: 'mcpServerName' },
  metadata: { operators: FULL_STRING, extensionOperators: [] },
  fields: [
    field({
      name: 'mcpServerName',
      type: 'string',
      operators: NARROW_STRING,
      groupable: 'language',
      source: { kind: 'metadata', key: 'mcp_server' },
    }),
    field({
      name: 'toolName',
      type: 'string',
      operators: NARROW_STRING,
      groupable: 'language',
      source: { kind: 'metadata', key: 'mcp_tool' },
    }),
    field({
      name: 'method',
      type: 'string',
      operators: NARROW_STRING,
      groupable: 'language',
      source: { kind: 'metadata', key: 'mcp_method' },
    }),
    userEmail,
    virtualAccount,
    team,
    conversationID,
    createdBySubjectType,
    httpStatusCode,
    { ...errorCode, groupable: 'extension' },
    isFailure,
    latencyFilter,
  ],
  columns: [latencyMs, errorRate],
}
