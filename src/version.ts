import { readFileSync } from 'node:fs'

const read = (): string => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const about: unknown = JSON.parse(text)
  if (typeof about === 'object' && about !== null && 'version' in about && typeof about.version === 'string') {
    return about.version
  }
  throw new Error('package.json has no version')
}

/** The version in package.json, which stands one folder above `src` and above `dist` alike. */
export const VERSION = read()
