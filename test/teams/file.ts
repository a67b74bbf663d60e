import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** An entry of a tokens file for a token, named after it. */
export const entry = (token: string, parts: Readonly<Record<string, unknown>> = {}) => ({
  name: token,
  sha256: sha256(token),
  ...parts,
})

/** A tokens file that goes with the test, and may be written again. */
export const tokensFile = (t: Test, tokens: readonly unknown[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'tokens-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'tokens.json')
  const write = (entries: readonly unknown[]) => writeFileSync(path, JSON.stringify({ tokens: entries }))
  write(tokens)
  return { path, write, writeText: (text: string) => writeFileSync(path, text) }
}
