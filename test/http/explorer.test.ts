import { mkdtempSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { parse } from 'yaml'
import { readExplorer } from '../../src/http/explorer-files.js'
import { serveExplorer } from '../explorer/served.js'
import { EXPLORER } from '../fixtures/places.js'
import { errorOf, serve } from './harness.js'

/** Asks for a path as it is written, and answers status line and body. */
const raw = (url: string, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { path }, async (reply) => {
      resolve(`HTTP/1.1 ${reply.statusCode} ${await text(reply)}`)
    })
    asked.on('error', reject).end()
  })

t.test('the page and all it loads are served with their types, a strict policy, and to anyone', async (t) => {
  const { url } = await serveExplorer(t)
  const page = await fetch(url)
  const html = await page.text()
  t.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
  t.match(page.headers.get('content-security-policy'), /^default-src 'none'; script-src 'self'; style-src 'self';/)
  t.notMatch(page.headers.get('content-security-policy'), 'unsafe')
  t.notMatch(html, /<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/, 'nothing inline')
  t.notMatch(html, /https?:|\/\//, 'no address of anybody else')
  const linked = [...html.matchAll(/(?:src|href)="(explorer\/[^"]+)"/g)].map(([, path = '']) => path)
  t.ok(linked.length >= 6)
  const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' }
  for (const path of linked) {
    const reply = await fetch(`${url}${path}`)
    t.equal(reply.status, 200, path)
    t.equal(reply.headers.get('content-type'), new Map(Object.entries(types)).get(path.split('.').at(-1) ?? ''), path)
    t.equal(reply.headers.get('x-content-type-options'), 'nosniff', path)
  }
})

t.test('a copy that is still good is not sent again', async (t) => {
  const { url } = await serveExplorer(t)
  const first = await fetch(`${url}explorer/main.js`)
  const etag = first.headers.get('etag') ?? ''
  t.match(etag, /^W\/"[\w-]{27}"$/, 'the same for compressed copies')
  t.equal(first.headers.get('cache-control'), 'no-cache')
  for (const known of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
    const again = await fetch(`${url}explorer/main.js`, { headers: { 'if-none-match': known } })
    t.equal(again.status, 304, known)
    t.equal(await again.text(), '')
    t.equal(again.headers.get('etag'), etag)
  }
  t.equal((await fetch(`${url}explorer/main.js`, { headers: { 'if-none-match': '"other"' } })).status, 200)
})

t.test('what is no file of the page is not found, whatever it reaches for', async (t) => {
  const { url } = await serveExplorer(t)
  for (const path of [
    'explorer/nothing.js',
    'explorer/tsconfig.json',
    'explorer/main.ts',
    'explorer/..%2fapp.js',
    'docs/static/nothing.js',
    'docs/static/..%2f..%2fpackage.json',
    'docs/static/x%00.js',
    'favicon.ico',
    'robots.txt',
  ]) {
    const { message } = await errorOf(t, await fetch(`${url}${path}`), 404, 'NOT_FOUND', path)
    t.notMatch(message, 'nearest', path)
  }
  // fetch resolves these itself.
  for (const path of [
    'docs/static/%2e%2e/package.json',
    'docs/static/../package.json',
    'docs/static/%2e%2e%5c%2e%2e/x',
  ]) {
    t.match(await raw(url, `/${path}`), /^HTTP\/1.1 404 [\s\S]*"code":"NOT_FOUND"/, path)
  }
  for (const path of ['explorer', 'explorer/', 'index.html', 'explorer/index.html']) {
    const { message } = await errorOf(t, await fetch(`${url}${path}`), 404, 'NOT_FOUND', path)
    t.match(message, 'The page is at /.', path)
  }
  await errorOf(t, await fetch(url, { method: 'POST' }), 405, 'METHOD_NOT_ALLOWED', 'POST /')
})

t.test('the page learns how callers prove who they are, and nothing else', async (t) => {
  for (const mode of ['token', 'passthrough', 'none']) {
    const { url } = await serveExplorer(t, { AUTH_MODE: mode })
    t.strictSame(await (await fetch(`${url}explorer/settings`)).json(), { authMode: mode })
  }
})

t.test('a page that was not built stops the start, and says what to do', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'explorer-'))
  writeFileSync(join(folder, 'index.html'), '')
  t.throws(() => readExplorer(folder), /the explorer lacks main.js, uPlot.iife.min.js: run npm run build/)
  t.throws(() => readExplorer(join(folder, 'nowhere')), /the explorer lacks index.html, main.js, .*: run npm run build/)
  t.ok(readExplorer(EXPLORER).length > 30)
})

t.test('/docs and the document behind it are open, and reach nobody else', async (t) => {
  const { url } = await serve(t)
  const page = await fetch(`${url}/docs`)
  const html = await page.text()
  t.equal(page.status, 200)
  t.match(page.headers.get('content-security-policy'), /^default-src 'none'; script-src 'self'; style-src 'self';/)
  t.notMatch(page.headers.get('content-security-policy'), /unsafe|https?:|upgrade/)
  for (const [, path = ''] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
    const part = await fetch(new URL(path, `${url}/docs`))
    t.equal(part.status, 200, path)
    t.equal(part.headers.get('x-content-type-options'), 'nosniff', path)
  }
  const yaml = await (await fetch(`${url}/docs/yaml`)).text()
  t.strictSame(parse(yaml), await (await fetch(`${url}/docs/json`)).json())
  t.ok('/v1/metrics/query' in parse(yaml).paths)
})
