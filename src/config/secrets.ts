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

/** A URL with a password, the password as it stands there and decoded, and both names as a basic credential has them. */
const credentialsIn = (text: string): readonly string[] => {
  const { username, password } = new URL(text)
  if (password === '') return []
  const plain = decodeURIComponent(password)
  const basic = Buffer.from(`${decodeURIComponent(username)}:${plain}`).toString('base64')
  return [text, password, plain, basic]
}
