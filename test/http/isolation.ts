import { DATASOURCES } from '../../src/catalog/vocabulary.js'
import { MAIN_WORKSPACE, type TrafficRow, trafficRow } from '../../src/emulator/emulator.js'
import type { Question } from '../oracle/question.js'
import type { Seen } from '../oracle/values.js'

/** Teams whose every value carries their name, so that a value that leaks tells whose it is. */
export const COLOURS = ['amaranth', 'bistre', 'cerulean'] as const
export type Colour = (typeof COLOURS)[number]

export const NOW = Date.parse('2026-04-03T10:20:30.400Z')
const HOUR = 3_600_000
export const SINCE = NOW - 30 * HOUR

/** Values of a team: several of each kind, some awkward. */
const valuesOf = (colour: Colour) => ({
  service: [`${colour}-provider`, `${colour}-other`],
  model: [`${colour}-large`, `${colour}-small`, `${colour}, with comma`, null],
  provider: [`${colour}-main`, null],
  config: [`pc-${colour}`, null],
  prompt: [`prompt-${colour}`, null],
  apiKey: [`${COLOURS.indexOf(colour) + 1}d1f2a60-5a0e-4c5b-9a53-1f0c6f1e2b01`],
  user: [`ann@${colour}.example`, `bob@${colour}.example`, null],
  region: [`${colour}-north`, `${colour} "south"`, null],
  tool: [`${colour}-search`, null],
})

/** What of a reply shows a team's data. */
export const marksOf = (colour: Colour): readonly string[] => [colour, ...valuesOf(colour).apiKey]

/** Traffic of all teams, mixed. */
export const traffic = (count = 900): readonly TrafficRow[] =>
  Array.from({ length: count }, (_, index) => rowOf(index, Math.floor((index * 30 * HOUR) / count)))

const rowOf = (index: number, after: number): TrafficRow => {
  const colour = COLOURS[index % COLOURS.length] ?? COLOURS[0]
  const values = valuesOf(colour)
  const pick = <Value>(list: readonly Value[], salt: number): Value | null =>
    list[(index * 7 + salt * 13 + ((index * index) % 11)) % list.length] ?? null
  const user = pick(values.user, 1)
  const region = pick(values.region, 2)
  const tool = pick(values.tool, 3)
  const tokens = 3 + ((index * 37) % 400)
  return trafficRow({
    at: SINCE + after,
    workspace: MAIN_WORKSPACE,
    service: pick(values.service, 4) ?? `${colour}-provider`,
    model: pick(values.model, 5),
    provider: pick(values.provider, 6),
    virtualKey: pick(values.provider, 6),
    config: pick(values.config, 7),
    prompt: pick(values.prompt, 8),
    apiKey: values.apiKey[0] ?? '',
    status: [200, 200, 200, 200, 400, 429, 446, 246][(index * 5 + 1) % 8] ?? 200,
    metadata: {
      tenant: colour,
      team: `team-${colour}`,
      ...(user !== null && { _user: user }),
      ...(region !== null && { region }),
      ...(tool !== null && { mcp_server: `${colour}-server`, mcp_tool: tool, mcp_method: `${colour}/call` }),
      ...(tool !== null && { agent: `${colour}-agent` }),
    },
    inputTokens: tokens,
    outputTokens: tokens % 91,
    costCents: tokens / 128,
    latencyMs: 100 + ((index * 53) % 2_000),
    cache: index % 6 === 0 ? 'simple' : null,
    cacheSavingsCents: index % 6 === 0 ? 0.5 : 0,
    cacheLatencyMs: index % 6 === 0 ? 12 : 0,
    retrySuccessCount: index % 9 === 0 ? 1 : 0,
    fallback: index % 10 === 0,
  })
}

/** What a caller of one team may know and ask by: its own values. */
export const seenBy = (colour: Colour): Seen => {
  const values = valuesOf(colour)
  const fields: Readonly<Record<string, readonly (string | null)[]>> = {
    modelName: values.model,
    providerModelName: values.model,
    targetModel: values.model,
    providerAccountType: values.service,
    providerSlug: values.provider,
    virtualModelName: values.config,
    loadbalanceRuleId: values.config,
    promptSlug: values.prompt,
    virtualAccount: values.apiKey,
    userEmail: values.user,
    team: [`team-${colour}`],
    'metadata.region': values.region,
    'metadata.tenant': [colour],
    toolName: values.tool,
    mcpServerName: [`${colour}-server`],
    method: [`${colour}/call`],
    agentName: [`${colour}-agent`],
    workspace: [MAIN_WORKSPACE],
  }
  const known = new Map<string, readonly string[]>()
  for (const datasource of DATASOURCES)
    for (const [name, list] of Object.entries(fields))
      known.set(
        `${datasource}.${name}`,
        list.filter((value) => value !== null),
      )
  return known
}

/** Enforced filters that all leave exactly one team's rows, each in another way. */
export const enforcements = (colour: Colour): readonly NonNullable<Question['filters']>[] => {
  const others = COLOURS.filter((other) => other !== colour)
  return [
    [{ metadataKey: 'tenant', operator: 'IN', value: [colour] }],
    [{ fieldName: 'team', operator: 'EQUAL', value: `team-${colour}` }],
    [{ metadataKey: 'tenant', operator: 'NOT_IN', value: others }],
    [{ metadataKey: 'tenant', operator: 'STRING_CONTAINS', value: colour.slice(1, -1) }],
    [
      { metadataKey: 'tenant', operator: 'STRING_NOT_STARTS_WITH', value: others[0]?.slice(0, 2) ?? '' },
      { metadataKey: 'tenant', operator: 'STRING_NOT_ENDS_WITH', value: others[1]?.slice(-2) ?? '' },
    ],
    [{ fieldName: 'virtualAccount', operator: 'IN', value: valuesOf(colour).apiKey }],
  ]
}
