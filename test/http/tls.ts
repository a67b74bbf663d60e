import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** Why there can be no certificates here; `false` when there can. For the `skip` of a test. */
export const NO_OPENSSL: string | false =
  spawnSync('openssl', ['version']).status === 0
    ? false
    : 'openssl is not installed: tests against a Portkey with a certificate of its own did not run'

/** An authority that nobody trusts, and a certificate of it for `portkey.test`. */
export type Certificates = { readonly authorityFile: string; readonly key: Buffer; readonly cert: Buffer }

/** Makes them anew; gone when the test ends. */
export const certificates = (t: Test): Certificates => {
  const dir = mkdtempSync(join(tmpdir(), 'tls-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const run = (command: string) => {
    const { status, stderr } = spawnSync('openssl', command.split(' '), { cwd: dir })
    if (status !== 0) throw new Error(`openssl ${command}: ${stderr}`)
  }
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  writeFileSync(join(dir, 'names'), 'subjectAltName=DNS:portkey.test\n')
  run(`req -x509 ${key} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority-of-the-test`)
  run(`req ${key} -keyout server.key -out server.csr -subj /CN=portkey.test`)
  run('x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names')
  const read = (name: string) => readFileSync(join(dir, name))
  return { authorityFile: join(dir, 'ca.pem'), key: read('server.key'), cert: read('server.pem') }
}
