import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import t from 'tap'
import { ROOT } from '../fixtures/places.js'

/** The rooms, from the street inwards: an import goes to the same room or to one further down. */
const ROOMS: readonly string[] = [
  'main.ts',
  'app.ts',
  'http',
  'grafana',
  'telemetry',
  'teams',
  'engine.ts',
  'answer',
  'execute',
  'plan',
  'query',
  'catalog',
  'cache',
  'portkey',
  'config.ts',
  'errors.ts',
]

/** Beside the house: programs of their own that may enter every room, and that no room imports. */
const PROGRAMS = ['demo.ts', 'demo', 'docs', 'docs.ts', 'docs-write.ts', 'dashboards']

/** What imports nothing of the rest: the upstream's stand-in, and the page that runs in a browser. */
const ISLANDS = ['emulator', 'explorer']

/** Leaves that any room may read. */
const LEAVES = ['version.ts']

const source = join(ROOT, 'src')

/** Paths of all sources, relative to src. */
const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(source, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))

const text = (file: string): string => readFileSync(join(source, file), 'utf8')

/** Relative imports of a file, type imports and re-exports included, as paths of sources. */
const importsOf = (file: string): readonly string[] =>
  [...text(file).matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)'(\.[^']+)'/g)].map(([, specifier = '']) =>
    relative(source, join(source, dirname(file), specifier))
      .replaceAll('\\', '/')
      .replace(/\.js$/, '.ts'),
  )

/** `config/table.ts` belongs to the room of `config.ts`, and what is in `engine/` to that of `engine.ts`. */
const roomOf = (file: string): string => {
  const first = file.split('/')[0] ?? file
  return first === 'config' || first === 'engine' ? `${first}.ts` : first
}

const floorOf = (file: string): number => ROOMS.indexOf(roomOf(file))

t.test('every file has a room', async (t) => {
  t.ok(files.length > 20)
  const homeless = files.filter(
    (file) => floorOf(file) < 0 && ![...PROGRAMS, ...LEAVES, ...ISLANDS].includes(roomOf(file)),
  )
  t.strictSame(homeless, [])
})

t.test('imports resolve, and point only down', async (t) => {
  for (const file of files) {
    for (const target of importsOf(file)) {
      t.ok(files.includes(target), `${file} imports ${target}: it exists`)
      if (floorOf(file) < 0 || LEAVES.includes(target)) continue
      t.ok(floorOf(file) <= floorOf(target), `${file} imports ${target}: it is in the same room or below`)
    }
  }
})

t.test('the emulator knows nothing of the service, nor the service of it', async (t) => {
  for (const file of files) {
    for (const target of importsOf(file)) {
      if (roomOf(file) === 'emulator') t.equal(roomOf(target), 'emulator', `${file} imports ${target}`)
      else if (roomOf(target) === 'emulator') t.ok(PROGRAMS.includes(roomOf(file)), `${file} imports ${target}`)
    }
  }
})

t.test('the page knows nothing of the service but its routes, nor the service of the page', async (t) => {
  for (const file of files) {
    for (const target of importsOf(file)) {
      t.equal(roomOf(file) === 'explorer', roomOf(target) === 'explorer', `${file} imports ${target}`)
    }
  }
})

t.test('there are no cycles of files', async (t) => {
  const done = new Set<string>()
  const cycleFrom = (file: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return null
    for (const target of importsOf(file)) {
      const cycle = cycleFrom(target, [...path, file])
      if (cycle !== null) return cycle
    }
    done.add(file)
    return null
  }
  for (const file of files) t.equal(cycleFrom(file, []), null, file)
})

t.test('nothing is exported as default', async (t) => {
  for (const file of files) t.notMatch(text(file), /^export default|\bas default\b/m, file)
})

t.test('a file is one idea: most are short, none is over 300 lines', async (t) => {
  const lengths = files.map((file) => text(file).split('\n').length - 1).toSorted((one, other) => one - other)
  const at = (share: number) => lengths[Math.floor(share * (lengths.length - 1))] ?? 0
  t.ok(at(0.5) <= 80, `half of them have ${at(0.5)} lines at the most`)
  t.ok(at(0.9) <= 250, `nine in ten have ${at(0.9)} at the most`)
  for (const file of files) t.ok(text(file).split('\n').length <= 301, file)
})

t.test('the walk through the rooms names what is there, and is read in one go', async (t) => {
  const walk = readFileSync(join(source, 'README.md'), 'utf8')
  t.ok(walk.split('\n').length <= 81)
  const named = [...walk.matchAll(/`([a-z]+(?:\/[a-z-]+)+\.ts)`/g)].map(([, file = '']) => file)
  t.ok(named.length > 30)
  for (const file of named) t.ok(files.includes(file), file)
})

t.test('only the portkey room knows the wire', async (t) => {
  for (const file of files.filter((file) => !['portkey', 'emulator'].includes(roomOf(file)))) {
    t.notMatch(text(file), /time_of_generation|\/analytics\/|from 'undici'/, file)
  }
})
