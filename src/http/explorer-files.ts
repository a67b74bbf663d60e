import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

/** A file of the explorer, as it is sent. */
export type ExplorerFile = {
  readonly name: string
  readonly type: string
  /** Changes with the content, quotes included. */
  readonly etag: string
  readonly body: Buffer
}

/** The page itself; all other files are what it loads. */
export const EXPLORER_PAGE = 'index.html'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Files that a page cannot be without: its script, and the plotting library beside it. */
const NEEDED = [EXPLORER_PAGE, 'main.js', 'uPlot.iife.min.js']

/** Reads the built explorer from its folder, once. Throws, saying what to do, when it was not built. */
export const readExplorer = (folder: string): readonly ExplorerFile[] => {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => TYPES[extname(name)] !== undefined) : []
  const missing = NEEDED.filter((name) => !names.includes(name))
  if (missing.length > 0) throw new Error(`the explorer lacks ${missing.join(', ')}: run npm run build`)
  return names.map((name) => {
    const body = readFileSync(join(folder, name))
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
    return { name, type: TYPES[extname(name)] ?? '', etag, body }
  })
}
