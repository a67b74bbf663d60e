import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { CATALOG, type Catalog, withBindings } from '../catalog/catalog.js'
import { type Config, ConfigError, type Environment } from '../config.js'
import type { Principal } from '../engine.js'
import { limited, readEntries, type TokenEntry } from './entries.js'
import { principalFrom, unlimited } from './principal.js'
import { type ReadRestriction, restrictionOf } from './restriction.js'
import { atOnce, inSlices, type Steps } from './steps.js'
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
  | 'apiTokens'
  | 'tokensFile'
  | 'portkeyApiKey'
  | 'portkeyBaseUrl'
  | 'portkeyWorkspaceSlug'
  | 'authMode'
  | 'metadataBindings'
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

  const catalog = withBindings(CATALOG, config.metadataBindings)
  const take = (text: string) => taking(text, { fixed, config, catalog, env })
  const begin = readNow(tokensFile)
  let seen = digestOf(begin)
  const first = begin.ok ? atOnce(take(begin.text)) : begin
  if (!first.ok) throw new ConfigError(first.faults.map((fault) => `TOKENS_FILE: ${fault}`))
  let known = first
  const stop = watchFile(tokensFile, async () => {
    const file = await readFileOf(tokensFile)
    const digest = digestOf(file)
    // A file that was touched, or mounted anew, says nothing new.
    if (digest === seen) return
    seen = digest
    const taken = file.ok ? await inSlices(take(file.text)) : file
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

/** The text of a file, or why there is none. */
type FileText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly faults: readonly string[] }

function readNow(path: string): FileText {
  try {
    return { ok: true, text: readFileSync(path, 'utf8') }
  } catch (error) {
    return unreadable(error)
  }
}

function readFileOf(path: string): Promise<FileText> {
  return readFile(path, 'utf8').then((text): FileText => ({ ok: true, text }), unreadable)
}

function unreadable(error: unknown): FileText {
  const isDirectory = error instanceof Error && 'code' in error && error.code === 'EISDIR'
  return {
    ok: false,
    faults: [
      isDirectory
        ? 'it is a directory: name the file in it'
        : 'it cannot be read: check that it exists and may be read',
    ],
  }
}

/** Tells contents apart; what cannot be read differs from all that can. */
function digestOf(file: FileText): string {
  return file.ok ? sha256(file.text) : file.faults.join()
}

function lookup(principals: () => ReadonlyMap<string, Principal>): Pick<Teams, 'find' | 'any'> {
  // Who does not know a token cannot choose its digest, so how long a look-up takes tells them nothing.
  return { find: (token) => principals().get(sha256(token)), any: () => principals().size > 0 }
}

type Surroundings = {
  readonly fixed: ReadonlyMap<string, Principal>
  readonly config: Settings
  readonly catalog: Catalog
  readonly env: Environment
}

function* taking(text: string, { fixed, config, catalog, env }: Surroundings): Steps<Taken> {
  const file = yield* readEntries(text)
  if (!file.ok) return file
  const faults: string[] = []
  const secrets = new Set<string>()
  const principals = new Map(fixed)
  // Most tokens of a large file may ask what others may: what is equal is read once.
  const restrictions = new Map<string, ReadRestriction>()
  for (const [index, entry] of file.entries.entries()) {
    yield
    const at = `/tokens/${index}`
    const key = keyOf(entry, config, env)
    const sees = JSON.stringify([entry.filters, entry.datasources])
    const read = restrictions.get(sees) ?? restrictionOf(entry, catalog)
    restrictions.set(sees, read)
    // One that is in both would be two principals.
    if (fixed.has(entry.sha256)) faults.push(`${at} is a token that is in API_TOKENS too`)
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
  return faults.length === 0 ? { ok: true, principals, secrets: [...secrets] } : { ok: false, faults: limited(faults) }
}

type ReadKey = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly fault: string }

function keyOf({ upstreamKey }: TokenEntry, { portkeyApiKey }: Settings, env: Environment): ReadKey {
  if (upstreamKey === undefined) {
    if (portkeyApiKey !== null) return { ok: true, value: portkeyApiKey }
    return { ok: false, fault: ' needs upstreamKey, as PORTKEY_API_KEY is not set' }
  }
  const value = env[upstreamKey]?.trim() ?? ''
  if (/^[\x21-\x7e]{1,1024}$/.test(value)) return { ok: true, value }
  return { ok: false, fault: '/upstreamKey must name an environment variable that holds a Portkey key: set it' }
}

function sha256(text: string): string {
  return hash('sha256', text)
}
