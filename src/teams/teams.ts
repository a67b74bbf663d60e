import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type Config, ConfigError, type Environment } from '../config.js'
import type { Principal } from '../engine.js'
import { readEntries, type TokenEntry } from './entries.js'
import { principalFrom, unlimited } from './principal.js'
import { restrictionOf } from './restriction.js'
import { watchFile } from './watch.js'

/** Who may ask, by their tokens. */
export type Teams = {
  /** The principal of a token; `undefined` = nobody's. The time it takes tells nothing of the tokens that exist. */
  readonly find: (token: string) => Principal | undefined
  /** Whether there is any token. */
  readonly any: () => boolean
  /** Portkey keys of tokens: what no log may hold. */
  readonly secrets: () => readonly string[]
  /** Ends watching. */
  readonly close: () => void
}

/** What happened to the file after the start. `faults`: why it was not taken; what was known before stays good. */
export type Reloaded =
  | { readonly ok: true; readonly tokens: number }
  | { readonly ok: false; readonly faults: readonly string[] }

/** What the process gives beside the settings. */
export type TeamsParts = {
  /** Where the Portkey keys are that the file names. */
  readonly env?: Environment
  /** Told of every reload. */
  readonly onReload?: (reloaded: Reloaded) => void
}

type Settings = Pick<
  Config,
  'apiTokens' | 'tokensFile' | 'portkeyApiKey' | 'portkeyBaseUrl' | 'portkeyWorkspaceSlug' | 'authMode'
>

/**
 * The tokens of `API_TOKENS` and of `TOKENS_FILE`, which is read again whenever it changes. Throws a `ConfigError` with every fault of
 * the file as it is at the start.
 */
export function openTeams(config: Settings, { env = {}, onReload = () => {} }: TeamsParts = {}): Teams {
  const { tokensFile } = config
  const fixed = new Map(
    config.apiTokens.map((token, at) => [
      sha256(token),
      principalFrom(config, unlimited(`token-${at + 1}`, config.portkeyApiKey ?? '')),
    ]),
  )
  if (tokensFile === null) return { ...lookup(() => fixed), secrets: () => [], close: () => {} }

  const take = (text: string) => merged(fixed, read(text, config, env))
  let known = fresh()
  function fresh(): Known {
    const taken = readable(tokensFile ?? '', take)
    if (!taken.ok) throw new ConfigError(taken.faults.map((fault) => `TOKENS_FILE: ${fault}`))
    return taken
  }
  const stop = watchFile(tokensFile, async () => {
    const taken = await reread(tokensFile, take)
    if (taken.ok) known = taken
    onReload(taken.ok ? { ok: true, tokens: taken.principals.size } : taken)
  })
  return {
    ...lookup(() => known.principals),
    secrets: () => known.secrets,
    close: stop,
  }
}

type Known = {
  readonly ok: true
  readonly principals: ReadonlyMap<string, Principal>
  readonly secrets: readonly string[]
}
type Taken = Known | { readonly ok: false; readonly faults: readonly string[] }

const UNREADABLE: Taken = { ok: false, faults: ['it cannot be read: check that it exists and may be read'] }

function readable(path: string, take: (text: string) => Taken): Taken {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return UNREADABLE
  }
  return take(text)
}

async function reread(path: string, take: (text: string) => Taken): Promise<Taken> {
  const text = await readFile(path, 'utf8').catch(() => null)
  return text === null ? UNREADABLE : take(text)
}

function lookup(principals: () => ReadonlyMap<string, Principal>): Pick<Teams, 'find' | 'any'> {
  // Who does not know a token cannot choose its digest, so how long a look-up takes tells them nothing.
  return { find: (token) => principals().get(sha256(token)), any: () => principals().size > 0 }
}

function read(text: string, config: Settings, env: Environment): Taken {
  const file = readEntries(text)
  if (!file.ok) return file
  const faults: string[] = []
  const secrets = new Set<string>()
  const principals = new Map<string, Principal>()
  for (const [index, entry] of file.entries.entries()) {
    const at = `/tokens/${index}`
    const key = keyOf(entry, config, env)
    const read = restrictionOf(entry)
    if (!key.ok) faults.push(`${at}${key.fault}`)
    if (!read.ok) faults.push(...read.faults.map((fault) => `${at}${fault}`))
    if (!key.ok || !read.ok) continue
    secrets.add(key.value)
    const described = {
      ...unlimited(entry.name, key.value),
      kind: 'file',
      restriction: read.restriction,
      workspace: entry.workspace ?? null,
      standing: entry.workspace === undefined ? 'configured' : 'bound',
      requestsPerMinute: entry.requestsPerMinute ?? null,
    } as const
    principals.set(entry.sha256, principalFrom(config, described))
  }
  return faults.length === 0 ? { ok: true, principals, secrets: [...secrets] } : { ok: false, faults }
}

type ReadKey = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly fault: string }

function keyOf({ upstreamKey }: TokenEntry, { portkeyApiKey }: Settings, env: Environment): ReadKey {
  if (upstreamKey === undefined) {
    if (portkeyApiKey !== null) return { ok: true, value: portkeyApiKey }
    return { ok: false, fault: ' needs upstreamKey, as PORTKEY_API_KEY is not set' }
  }
  const value = env[upstreamKey]?.trim() ?? ''
  if (/^[\x21-\x7e]{1,1024}$/.test(value)) return { ok: true, value }
  return { ok: false, fault: `/upstreamKey names a variable that holds no Portkey key: set ${upstreamKey}` }
}

/** Tokens of both kinds; one that is in both would be two principals. */
function merged(fixed: ReadonlyMap<string, Principal>, taken: Taken): Taken {
  if (!taken.ok) return taken
  const both = [...taken.principals].find(([digest]) => fixed.has(digest))
  if (both !== undefined) return { ok: false, faults: [`the token of ${both[1].name} is in API_TOKENS too`] }
  return { ...taken, principals: new Map([...fixed, ...taken.principals]) }
}

function sha256(text: string): string {
  return hash('sha256', text)
}
