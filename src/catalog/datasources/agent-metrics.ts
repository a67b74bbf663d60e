import { errorRate, latencyMs } from '../columns.js'
import { FULL_STRING, NARROW_STRING, STATUS } from '../operators.js'
import { httpStatusCode, isFailure } from '../outcomes.js'
import { field } from '../rows.js'
import { conversationID, latencyFilter, team, userEmail, virtualAccount } from '../subjects.js'
import type { DatasourceEntry } from '../types.js'

/** Every request, by the agent that it names as metadata; requests outside an agent form the null group. */
export const agentMetrics: DatasourceEntry = {
  name: 'agentMetrics',
  rows: { kind: 'all' },
  metadata: { operators: FULL_STRING, extensionOperators: [] },
  fields: [
    field({
      name: 'agentName',
      type: 'string',
      operators: NARROW_STRING,
      groupable: 'language',
      source: { kind: 'metadata', key: 'agent' },
    }),
    field({
      name: 'agentFramework',
      type: 'string',
      operators: NARROW_STRING,
      groupable: 'language',
      source: { kind: 'metadata', key: 'agent_framework' },
    }),
    field({
      name: 'agentServerType',
      type: 'string',
      operators: NARROW_STRING,
      groupable: 'language',
      source: { kind: 'metadata', key: 'agent_server_type' },
    }),
    { ...isFailure, groupable: 'language' },
    { ...httpStatusCode, operators: [...STATUS, 'IS_NULL'], groupable: 'language' },
    userEmail,
    virtualAccount,
    team,
    conversationID,
    latencyFilter,
  ],
  columns: [latencyMs, errorRate],
}
