import { isIP } from 'node:net'
import { FormatRegistry, type TProperties, type TSchema, TypeGuard } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

/** What one variable held: nothing, a value of its type, or a fault (a sentence that never repeats the text). */
export type Reading =
  | { readonly kind: 'unset' }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'fault'; readonly fault: string }

/**
 * Reads one variable by its schema. White space around it is ignored (secrets read from files end in a line break) and an
 * empty text counts as unset. Integers are plain digits, booleans `true` or `false`, lists comma separated,
 * records `name=value` pairs.
 */
export const readSetting = (name: string, schema: TSchema, text: string | undefined): Reading => {
  const trimmed = text?.trim() ?? ''
  if (trimmed === '') return schema.default === undefined ? { kind: 'unset' } : { kind: 'value', value: schema.default }
  const value = parse(schema, trimmed)
  if (value !== undefined && Value.Check(schema, value)) return { kind: 'value', value }
  return { kind: 'fault', fault: `${name} must be ${allowed(schema)}` }
}

/** What a variable may hold, in words; for faults and for README. */
export const allowed = (schema: TSchema): string => {
  if (typeof schema.allowed === 'string') return schema.allowed
  if (TypeGuard.IsInteger(schema)) return `a whole number from ${schema.minimum} to ${schema.maximum}`
  if (TypeGuard.IsBoolean(schema)) return 'true or false'
  if (TypeGuard.IsUnion(schema)) return `one of ${schema.anyOf.map((option) => option.const).join(', ')}`
  return 'text'
}

/** The properties of an object schema, as pairs. */
export const settingsOf = (schema: { readonly properties: TProperties }): readonly (readonly [string, TSchema])[] =>
  Object.entries(schema.properties)

/** `undefined` when the text has not even the form of the type. */
const parse = (schema: TSchema, text: string): unknown => {
  if (TypeGuard.IsInteger(schema)) return /^\d{1,15}$/.test(text) ? Number(text) : undefined
  if (TypeGuard.IsBoolean(schema)) return text === 'true' ? true : text === 'false' ? false : undefined
  if (TypeGuard.IsArray(schema)) return items(text)
  if (TypeGuard.IsRecord(schema)) return pairs(text)
  return text
}

const items = (text: string): readonly string[] => text.split(',').map((item) => item.trim())

const pairs = (text: string): Readonly<Record<string, string>> | undefined => {
  const entries = items(text).map((item): readonly [string, string] => {
    const at = item.indexOf('=')
    return at < 0 ? [item, ''] : [item.slice(0, at).trim(), item.slice(at + 1).trim()]
  })
  const names = new Set(entries.map(([name]) => name))
  return names.size === entries.length ? Object.fromEntries(entries) : undefined
}

const isBaseUrl = (text: string): boolean => {
  if (!URL.canParse(text) || /[?#\s]/.test(text)) return false
  const url = new URL(text)
  return ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '' && url.hostname !== ''
}

const isProxyUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  if (!['http:', 'https:'].includes(url.protocol) || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return false
  }
  return [url.username, url.password].every(isDecodable)
}

/** A database is a number. Texts that cannot be percent-decoded would be found only when a connection is made. */
const isRedisUrl = (text: string): boolean => {
  if (!URL.canParse(text) || /\s/.test(text)) return false
  const url = new URL(text)
  if (!['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '' || url.port === '0') return false
  if (!/^(?:\/\d{0,5})?$/.test(url.pathname) || /[?#]/.test(text)) return false
  return [url.username, url.password].every(isDecodable)
}

const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** A metadata key that can be asked for: no step of the path in the upstream's URL, and text that has a UTF-8 form. */
const isMetadataKey = (text: string): boolean => text !== '.' && text !== '..' && !/[\0\p{Surrogate}]/u.test(text)

/** A value that a header can carry once it is decoded. */
const isOtlpHeader = (text: string): boolean =>
  isDecodable(text) && /^[\x20-\x7e]{1,4096}$/.test(decodeURIComponent(text))

const isNetwork = (text: string): boolean => {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

/** As a browser sends it: scheme, host in lower case and the port if it is not the scheme's own. */
const isOrigin = (text: string): boolean =>
  text === '*' || (/^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text)

FormatRegistry.Set('origin', isOrigin)
FormatRegistry.Set('base-url', isBaseUrl)
FormatRegistry.Set('metadata-key', isMetadataKey)
FormatRegistry.Set('proxy-url', isProxyUrl)
FormatRegistry.Set('redis-url', isRedisUrl)
FormatRegistry.Set('otlp-header', isOtlpHeader)
FormatRegistry.Set('network', isNetwork)
