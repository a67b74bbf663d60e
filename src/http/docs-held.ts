import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { type HeldFile, heldFile, isSent } from './held-files.js'

/**
 * What the page at `/docs` loads, by path: read once, when it is first asked for. Anybody may ask for it, and to read and compress it anew
 * each time takes more than to answer a question.
 */
export const docsFiles = (): ((path: string) => HeldFile | null) => {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui')), 'static')
  const names = new Map(
    readdirSync(folder)
      .filter(isSent)
      .map((name) => [`/docs/static/${name}`, name]),
  )
  // Not a file of that name, but a way to the page.
  names.delete('/docs/static/index.html')
  const held = new Map<string, HeldFile>()
  return (path) => {
    const name = names.get(path)
    if (name === undefined) return null
    const file = held.get(path) ?? heldFile(name, readFileSync(join(folder, name)))
    held.set(path, file)
    return file
  }
}

/**
 * The documents by their paths, as bytes. To write one takes long, and anybody may ask for it: it is done once a day, of which all windows
 * in it are whole ones.
 */
export const createDocuments = (document: () => object, now: () => number) => {
  // Its server is where it was read from: seen from /docs/json and /docs/yaml that is one folder up.
  const shown = (day: number) => ({ ...recent(document(), day * DAY), servers: [{ url: '..' }] })
  const held = (write: (value: object) => string) => {
    let made: { readonly day: number; readonly body: Buffer } | null = null
    return () => {
      const day = Math.floor(now() / DAY)
      if (made?.day !== day) made = { day, body: Buffer.from(write(shown(day))) }
      return made.body
    }
  }
  return new Map([
    ['/docs/json', { type: 'application/json; charset=utf-8', body: held((value) => JSON.stringify(value)) }],
    ['/docs/yaml', { type: 'application/x-yaml', body: held((value) => stringify(value)) }],
  ])
}

const DAY = 86_400_000

/** Names of a window's ends: of a question, and of a Grafana request. */
const ENDS = [
  ['startTs', 'endTs'],
  ['from', 'to'],
] as const

/** A copy of a document in which every window is moved by whole days, to end within the last one. */
export const recent = <Value>(document: Value, now: number): Value =>
  JSON.parse(JSON.stringify(document), (_key, value: unknown) =>
    ENDS.reduce((moved, ends) => move(moved, ends, now), value),
  )

const move = (value: unknown, [start, end]: (typeof ENDS)[number], now: number): unknown => {
  if (typeof value !== 'object' || value === null) return value
  const members = new Map<string, unknown>(Object.entries(value))
  const [from, to] = [Date.parse(String(members.get(start))), Date.parse(String(members.get(end)))]
  if (Number.isNaN(from) || Number.isNaN(to)) return value
  const by = Math.floor((now - to) / DAY) * DAY
  return { ...value, [start]: new Date(from + by).toISOString(), [end]: new Date(to + by).toISOString() }
}
