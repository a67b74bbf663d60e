import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type HeldFile, heldFile, isSent } from './held-files.js'

/** The page itself; all other files are what it loads. */
export const EXPLORER_PAGE = 'index.html'

/** Files that a page cannot be without: its script, and the plotting library beside it. */
const NEEDED = [EXPLORER_PAGE, 'main.js', 'uPlot.iife.min.js']

/** Reads the built explorer from its folder, once. Throws, saying what to do, when it was not built. */
export const readExplorer = (folder: string): readonly HeldFile[] => {
  const names = existsSync(folder) ? readdirSync(folder).filter(isSent) : []
  const missing = NEEDED.filter((name) => !names.includes(name))
  if (missing.length > 0) throw new Error(`the explorer lacks ${missing.join(', ')}: run npm run build`)
  return names.map((name) => heldFile(name, readFileSync(join(folder, name))))
}
