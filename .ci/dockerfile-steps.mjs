// Replays the Dockerfile without a container engine: every COPY and RUN of every stage in folders of its own, then the result
// is started with CMD and asked with HEALTHCHECK. Knows the instructions that our Dockerfile uses, and refuses any other.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
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
    case 'LABEL':
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

/**
 * The command as the image's user, without any privilege, where that can be done: by root, who has the tool, and with a Node that
 * others may run. The user can then read the files and write none: they are root's, as in a read-only container.
 */
const asUser = ({ command, USER }) => {
  const [uid, gid] = USER.split(':')
  const none = ['--clear-groups', '--no-new-privs', '--inh-caps=-all', '--bounding-set=-all']
  const words = ['--reuid', uid, '--regid', gid, ...none, '--', realpathSync(which(command[0]))]
  if (process.getuid?.() !== 0 || spawnSync('setpriv', [...words, '--version']).status !== 0) {
    say(`cannot start as ${USER} here, and starts as ${process.getuid?.()}`)
    return command
  }
  execFileSync('chmod', ['-R', 'go=rX', work])
  return ['setpriv', ...words, ...command.slice(1)]
}

const which = (name) => execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()

/** Waits until the service answers. */
const answering = async (port, service) => {
  const deadline = performance.now() + 10_000
  while (performance.now() < deadline && service.exitCode === null) {
    const reply = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null)
    if (reply?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('never healthy')
}

let failure = null
try {
  for (const line of readFileSync(join(repository, 'Dockerfile'), 'utf8').split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, instruction, rest] = /^([A-Z]+)\s+(.*)$/.exec(line)
    follow(instruction, rest)
  }
  const image = stages.at(-1)
  if (!/^[1-9]\d*:[1-9]\d*$/.test(image.USER)) throw new Error('the image does not run as a numbered user beside root')
  const { version } = JSON.parse(readFileSync(join(image.cwd, 'package.json'), 'utf8'))
  if (!image.LABEL.includes(`version="${version}"`)) throw new Error('the label of the image has another version')
  for (const needless of ['node_modules/typescript', 'dist/emulator', 'dist/demo.js', 'dist/main.js.map']) {
    if (existsSync(join(image.cwd, needless))) throw new Error(`the image has ${needless}, which nothing runs`)
  }
  const env = { PATH: process.env.PATH, ...image.env, PORT: String(await freePort()) }
  if (healthy(image, env)) throw new Error('healthy before it was started')
  const command = asUser(image)
  say(`start: ${command.join(' ')}`)
  const started = performance.now()
  const service = spawn(command[0], command.slice(1), {
    cwd: image.cwd,
    env: { ...env, PORTKEY_API_KEY: 'no-key', API_TOKENS: 'no-token-of-anyone' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exit = new Promise((resolve) => service.once('exit', resolve))
  await answering(env.PORT, service)
  // Shown, not judged: a machine that does other work beside is no fault of the image.
  say(`answered /healthz after ${Math.round(performance.now() - started)} ms`)
  if (!healthy(image, env)) throw new Error('the health check does not see it')
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
