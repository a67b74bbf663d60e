import type { Config } from '../config.js'

/** The settings that hold secrets. */
export type SecretSettings = Pick<Config, 'portkeyApiKey' | 'apiTokens' | 'upstreamProxy' | 'redisUrl' | 'tracing'>

/** Every text of the settings that nobody may read: keys, tokens, passwords, and URLs that hold one. Pure. */
export const secretsOf = (config: SecretSettings): readonly string[] => [
  ...(config.portkeyApiKey === null ? [] : [config.portkeyApiKey]),
  ...config.apiTokens,
  ...[config.upstreamProxy, config.redisUrl].flatMap((url) => (url === null ? [] : credentialsIn(url))),
  ...Object.values(config.tracing?.headers ?? {}).flatMap((value) => [value, value.replace(/^\S+ +/, '')]),
]

/** Shorter texts stand in a line by chance: to blot them out would hide what is no secret. */
export const LEAST_BLOTTED = 8
/** A shorter token can be guessed by trying. */
const LEAST_TOKEN = 16

/** What is to be said at the start of secrets that are too short; nothing of what they are. Pure. */
export const shortSecrets = (config: SecretSettings): readonly string[] => {
  const tokens = config.apiTokens.filter(({ length }) => length < LEAST_TOKEN).length
  const bare = Object.entries({
    PORTKEY_API_KEY: config.portkeyApiKey === null ? [] : [config.portkeyApiKey],
    API_TOKENS: config.apiTokens,
    HTTPS_PROXY: config.upstreamProxy === null ? [] : credentialsIn(config.upstreamProxy),
    REDIS_URL: config.redisUrl === null ? [] : credentialsIn(config.redisUrl),
  }).flatMap(([name, secrets]) => (secrets.some(({ length }) => length < LEAST_BLOTTED) ? [name] : []))
  return [
    ...(tokens === 0 ? [] : [`${tokens} of API_TOKENS shorter than ${LEAST_TOKEN} characters: they can be guessed`]),
    ...bare.map((name) => `${name} holds less than ${LEAST_BLOTTED} characters: no log line is searched for them`),
  ]
}

/** A URL with a password, the password as it stands there and decoded, and both names as a basic credential has them. */
const credentialsIn = (text: string): readonly string[] => {
  const { username, password } = new URL(text)
  if (password === '') return []
  const plain = decodeURIComponent(password)
  const basic = Buffer.from(`${decodeURIComponent(username)}:${plain}`).toString('base64')
  return [text, password, plain, basic]
}
