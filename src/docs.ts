import type { TSchema } from '@sinclair/typebox'
import { stringify } from 'yaml'
import { buildApp } from './app.js'
import { allowed, settingsOf } from './config/read.js'
import { SETTINGS } from './config/table.js'
import { loadConfig } from './config.js'
import { readExamples, runExamples } from './docs/examples.js'
import { logTable, metricsTable } from './docs/operations.js'
import { supportTables } from './docs/support.js'
import { tableOf } from './docs/table.js'
import type { Engine } from './engine.js'
import { ERROR_CODES } from './errors.js'
import { createLogger } from './http/request-log.js'
import { TokenEntry } from './teams/entries.js'

/**
 * README with its generated tables replaced; each stands between `<!-- name -->` and `<!-- /name -->`. `examples`: the text of the
 * file of published examples, which are sent to find out what becomes of them.
 */
export const renderReadme = async (readme: string, examples: string): Promise<string> => {
  const published = readExamples(examples)
  const live = await runExamples(published, 'live')
  const documented = await runExamples(published, 'documented')
  return [
    ['support', await supportTables({ live, documented })],
    ['configuration', configurationTable()],
    ['tokens', tokensTable()],
    ['errors', errorTable()],
    ['metrics', metricsTable()],
    ['log', logTable()],
  ].reduce((text, [name = '', table = '']) => {
    const open = `<!-- ${name} -->`
    const close = `<!-- /${name} -->`
    const [before, rest] = [text.slice(0, text.indexOf(open)), text.slice(text.indexOf(close))]
    if (!text.includes(open) || !text.includes(close)) throw new Error(`README.md lacks the markers of ${name}`)
    return `${before}${open}\n${table}\n${rest}`
  }, readme)
}

/** The OpenAPI document, as YAML, from the routes that the app really has. */
export const renderOpenapi = async (): Promise<string> => {
  const config = loadConfig({ AUTH_MODE: 'passthrough', LOG_LEVEL: 'silent' })
  const app = buildApp(config, { engine: nobody, logger: createLogger(config) })
  await app.ready()
  const document = app.swagger()
  await app.close()
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 120 })
}

const nobody: Engine = {
  ask: () => Promise.reject(new Error('documents ask nothing')),
  explain: () => Promise.reject(new Error('documents ask nothing')),
  catalogue: () => Promise.reject(new Error('documents ask nothing')),
  read: () => Promise.reject(new Error('documents ask nothing')),
  state: () => ({ breakers: { open: 0, probing: 0 }, queued: 0, inFlight: 0, answerBytes: 0, redisUp: null }),
  vouch: () => Promise.reject(new Error('documents ask nothing')),
  isVouched: () => true,
  wasVouched: () => true,
  probe: () => Promise.reject(new Error('documents ask nothing')),
  close: () => Promise.resolve(),
}

const configurationTable = (): string =>
  tableOf(
    ['Variable', 'Default', 'Meaning'],
    settingsOf(SETTINGS).map(([name, schema]) => [`\`${name}\``, defaultOf(schema), meaningOf(schema)]),
  )

const NEEDED: ReadonlySet<string> = new Set(TokenEntry.required)

/** The properties of an entry of `TOKENS_FILE`. */
const tokensTable = (): string =>
  tableOf(
    ['Property', 'Needed', 'Meaning'],
    settingsOf(TokenEntry).map(([name, schema]) => [`\`${name}\``, NEEDED.has(name) ? 'yes' : '', meaningOf(schema)]),
  )

const defaultOf = (schema: TSchema): string => {
  if (schema.default !== undefined) return `\`${schema.default}\``
  return typeof schema.needed === 'string' ? `needed ${schema.needed}` : ''
}

const meaningOf = (schema: TSchema): string => `${schema.description} (${allowed(schema)})`

const errorTable = (): string =>
  tableOf(
    ['Status', 'Code', 'Meaning'],
    Object.entries(ERROR_CODES).map(([code, { status, meaning }]) => [String(status), `\`${code}\``, meaning]),
  )
