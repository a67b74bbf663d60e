import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../fixtures/places.js'

const FOLDER = join(ROOT, 'deploy')

/** Paths of all YAML files of deploy/, relative to it. */
export const YAML_FILES: readonly string[] = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yaml'))
  .map((path) => path.replaceAll('\\', '/'))
  .toSorted()

/** The text of a file of deploy/. */
export const deployed = (path: string): string => readFileSync(join(FOLDER, path), 'utf8')

/** Fills `${NAME}`, `${NAME:-usual}` and `${NAME:?why}` in, as Compose does. Throws where one is needed and not there. */
export const filled = (content: string, env: Readonly<Record<string, string>>): string =>
  content.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, how?: string, rest = '') => {
    const value = env[name]
    if (value !== undefined) return value
    if (how === '-') return rest
    throw new Error(`${name} is not set`)
  })

/** A memory size or a duration of Compose and Kubernetes, in bytes or ms. */
export const amount = (text: string): number => {
  const [, digits = '', unit = ''] = /^(\d+)([A-Za-z]*)$/.exec(text) ?? []
  const factor = UNITS[unit]
  if (digits === '' || factor === undefined) throw new Error(`no amount: ${text}`)
  return Number(digits) * factor
}

const MIB = 1_048_576
const UNITS: Readonly<Record<string, number>> = { m: MIB, Mi: MIB, s: 1_000 }
