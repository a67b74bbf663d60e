// Replays the Dockerfile without a container engine: every COPY and RUN of every stage in folders of its own, then the result
// is started with CMD and asked with HEALTHCHECK. Knows the instructions that our Dockerfile uses, and refuses any other.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'image-'))
const say = (text) => console.log(`dockerfile: ${text}`)

/** The build context: what .dockerignore lets in. */
const context = join(work, 'context')
for (const line of readFileSync(join(repository, '.dockerignore'), 'utf8').split('\n')) {
  if (!line.startsWith('!')) continue
  cpSync(join(repository, line.slice(1)), join(context, line.slice(1)), { recursive: true })
}

const stages = []
const copy = (stage, words) => {
  const from = words[0].startsWith('--from=') ? words.shift().slice('--from='.length) : null
  const root = from === null ? context : stages.find(({ name }) => name === from).root
  const target = words.pop()
  for (const source of words) {
    const intoFolder = target.endsWith('/')
    cpSync(join(root, source), join(stage.cwd, target, intoFolder ? basename(source) : ''), { recursive: true })
  }
}

const follow = (instruction, rest) => {
  const stage = stages.at(-1)
  switch (instruction) {
    case 'FROM': {
      const name = /\bAS\s+(\S+)/i.exec(rest)?.[1] ?? 'last'
      const root = join(work, `stage-${name}`)
      stages.push({ name, root, cwd: root, env: {} })
      return
    }
    case 'WORKDIR':
      stage.cwd = join(stage.root, rest)
      mkdirSync(stage.cwd, { recursive: true })
      return
    case 'ENV':
      for (const pair of rest.split(/\s+/)) stage.env[pair.split('=')[0]] = pair.slice(pair.indexOf('=') + 1)
      return
    case 'COPY':
      return copy(stage, rest.split(/\s+/))
    case 'RUN':
      say(`${stage.name}: ${rest}`)
      execFileSync('sh', ['-c', rest], { cwd: stage.cwd, env: { ...process.env, ...stage.env }, stdio: 'inherit' })
      return
    case 'USER':
    case 'EXPOSE':
      stage[instruction] = rest
      return
    case 'HEALTHCHECK':
      stage.health = JSON.parse(rest.slice(rest.indexOf('[')))
      return
    case 'CMD':
      stage.command = JSON.parse(rest)
      return
    default:
      throw new Error(`an instruction this script does not know: ${instruction}`)
  }
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

const healthy = (image, env) => {
  try {
    execFileSync(image.health[0], image.health.slice(1), { cwd: image.cwd, env, stdio: 'ignore', timeout: 3_000 })
    return true
  } catch {
    return false
  }
}

let failure = null
try {
  for (const line of readFileSync(join(repository, 'Dockerfile'), 'utf8').split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, instruction, rest] = /^([A-Z]+)\s+(.*)$/.exec(line)
    follow(instruction, rest)
  }
  const image = stages.at(-1)
  if (image.USER !== 'node') throw new Error('the image does not run as node')
  if (existsSync(join(image.cwd, 'node_modules/typescript'))) throw new Error('the image has development packages')
  const env = { PATH: process.env.PATH, ...image.env, PORT: String(await freePort()) }
  if (healthy(image, env)) throw new Error('healthy before it was started')
  say(`start: ${image.command.join(' ')}`)
  const service = spawn(image.command[0], image.command.slice(1), {
    cwd: image.cwd,
    env: { ...env, PORTKEY_API_KEY: 'no-key', API_TOKENS: 'no-token-of-anyone' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exit = new Promise((resolve) => service.once('exit', resolve))
  let tries = 50
  while (!healthy(image, env) && service.exitCode === null && tries > 0) {
    tries -= 1
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  if (tries === 0 || service.exitCode !== null) throw new Error('never healthy')
  say('healthy')
  service.kill('SIGTERM')
  if ((await exit) !== 0) throw new Error('did not stop by itself')
  say('stopped')
} catch (error) {
  failure = error
}
rmSync(work, { recursive: true, force: true })
if (failure !== null) {
  say(`failed: ${failure.message}`)
  process.exit(1)
}
