import { hex, type Random, weighted } from './random.js'

/** API key ids of the generated traffic. */
export const API_KEYS: readonly (readonly [string, number])[] = [
  ['7d1f2a60-5a0e-4c5b-9a53-1f0c6f1e2b01', 45],
  ['7d1f2a60-5a0e-4c5b-9a53-1f0c6f1e2b02', 30],
  ['c0a8f3d2-91b7-4f6e-8d24-6a7b3c9e5f10', 15],
  ['e5b91c74-2d3f-4a80-b6c1-0f9d8e7a6b5c', 10],
]

/** Config slugs; most requests have one. */
export const CONFIGS: readonly (readonly [string | null, number])[] = [
  [null, 38],
  ['pc-fallback-3f2a1b', 26],
  ['pc-cache-0a9b8c', 24],
  ['pc-loadbalance-77c0de', 12],
]

/** Prompt slugs; most requests have none. */
export const PROMPTS: readonly (readonly [string | null, number])[] = [
  [null, 88],
  ['pp-summary-2c41', 8],
  ['pp-triage-9e07', 4],
]

// Values a client can trip over: letter case, digits only, quotes, commas, other alphabets, reserved characters, length.
const USERS: readonly (readonly [string | null, number])[] = [
  [null, 14],
  ...Array.from({ length: 28 }, (_, n) => [`user${n + 1}@example.com`, 60 / (n + 3)] as const),
  ['alice@example.com', 5],
  ['Alice@Example.com', 2],
  ["miles.o'brien@example.com", 2],
  ['"quoted" name', 1],
  ['Doe, Jane', 1],
  ['zoë.müller@example.com', 2],
  ['山田太郎', 1],
  ['1001', 2],
  ['01001', 1],
  ['a&b=c?d#e%20f+g', 1],
  [`svc-${'long-'.repeat(50)}end`, 1],
]
const ENVIRONMENTS: readonly (readonly [string | null, number])[] = [
  [null, 9],
  ['production', 55],
  ['staging', 20],
  ['development', 10],
  ['Production', 6],
]
const TEAMS: readonly (readonly [string | null, number])[] = [
  [null, 22],
  ['search', 26],
  ['support', 24],
  ['R&D', 10],
  ['growth, emea', 6],
  ['платформа', 6],
  ['007', 4],
  ['null', 2],
]
const AGENTS: readonly (readonly [readonly [string, string | null, string | null], number])[] = [
  [['support-bot', 'langgraph', 'remote'], 5],
  [['research-agent', 'crewai', null], 3],
  [['Support-Bot', null, null], 1],
]
const MCP_SERVERS: readonly (readonly [string, number])[] = [
  ['github-mcp', 6],
  ['atlassian-mcp', 3],
]
const MCP_METHODS: readonly (readonly [readonly [string, string | null], number])[] = [
  [['tools/call', 'create_issue'], 4],
  [['tools/call', 'search_code'], 3],
  [['tools/list', null], 2],
  [['initialize', null], 1],
]

const pickUser = weighted(USERS)
const pickEnvironment = weighted(ENVIRONMENTS)
const pickTeam = weighted(TEAMS)
const pickAgent = weighted(AGENTS)
const pickMcpServer = weighted(MCP_SERVERS)
const pickMcpMethod = weighted(MCP_METHODS)

/** The metadata of one request: every key is missing on some requests. */
export function drawMetadata(random: Random): Readonly<Record<string, string>> {
  const metadata: Record<string, string> = {}
  const put = (key: string, value: string | null): void => {
    if (value !== null) metadata[key] = value
  }
  put('_user', pickUser(random()))
  put('env', pickEnvironment(random()))
  put('team', pickTeam(random()))
  const special = random()
  if (special < 0.05) {
    const [method, tool] = pickMcpMethod(random())
    put('mcp_server', pickMcpServer(random()))
    put('mcp_method', method)
    put('mcp_tool', tool)
  } else if (special < 0.12) {
    const [agent, framework, serverType] = pickAgent(random())
    put('agent', agent)
    put('agent_framework', framework)
    put('agent_server_type', serverType)
  }
  return metadata
}

/** Ids of one request; a quarter of the requests continue the trace before them. */
export function drawTrace(random: Random, previousTrace: string | null): { traceId: string; spanId: string } {
  const continues = previousTrace !== null && random() < 0.25
  return { traceId: continues ? previousTrace : hex(random, 16), spanId: hex(random, 8) }
}
