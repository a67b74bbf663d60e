import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative } from 'node:path'
import t from 'tap'
import { ROOT } from '../fixtures/places.js'

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

type Package = {
  readonly version: string
  readonly dev?: true
  readonly devOptional?: true
  readonly hasInstallScript?: true
  readonly license?: string
}

const { dependencies, devDependencies, scripts, version } = JSON.parse(text('package.json'))
const lock: Readonly<Record<string, Package>> = JSON.parse(text('package-lock.json')).packages
const PRODUCTION: readonly string[] = Object.keys(dependencies)
const DEVELOPMENT: readonly string[] = Object.keys(devDependencies)

/** What `npm ci --omit=dev` installs: places in node_modules. */
const installed = Object.entries(lock).filter(([place, { dev, devOptional }]) => place !== '' && !dev && !devOptional)
const nameOf = (place: string): string => place.split('node_modules/').at(-1) ?? place

t.test('README says what each package is for, and names no other', async (t) => {
  const table = /^\| Package \| For \|\n\|.*\n((?:\|.*\n)+)/m.exec(text('README.md'))?.[1] ?? ''
  const rows = table
    .trimEnd()
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim()))
  const production = rows.filter(([, , what]) => !what?.startsWith('development alone'))
  const development = rows.filter(([, , what]) => what?.startsWith('development alone'))
  const names = (some: typeof rows) => some.flatMap(([, cell = '']) => cell.split(', ')).toSorted()
  t.strictSame(names(production), PRODUCTION.toSorted())
  t.strictSame(names(development), DEVELOPMENT.toSorted())
  for (const [, names, what = ''] of rows) t.ok(what.length > 5, `${names}`)
})

t.test('no package runs a script when it is installed, and the image would not let it', async (t) => {
  t.ok(installed.length > 50)
  const withScript = Object.entries(lock).filter(([, { hasInstallScript }]) => hasInstallScript)
  t.strictSame(
    withScript.filter(([place]) => installed.some(([other]) => other === place)),
    [],
  )
  // What compiles the tests works as well when its script has not run.
  const development = withScript.map(([place]) => nameOf(place))
  t.strictSame([...new Set(development)], ['esbuild'], 'of development, one alone')
  const installs = text('Dockerfile')
    .split('\n')
    .filter((line) => line.includes('npm ci'))
  t.equal(installs.length, 2)
  for (const line of installs) t.match(line, '--ignore-scripts')
  t.match(installs[1], '--omit=dev')
  for (const hook of ['preinstall', 'install', 'postinstall', 'prepare']) t.equal(scripts[hook], undefined)
})

t.test('every package of production has a licence that asks for nothing but to be named', async (t) => {
  const fine = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', '0BSD']
  for (const [place, { license }] of installed) t.ok(fine.includes(license ?? ''), `${nameOf(place)}: ${license}`)
})

t.test('what runs in production imports packages of production, and all of them', async (t) => {
  const source = join(ROOT, 'src')
  const seen = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: string) => {
    if (seen.has(file)) return
    seen.add(file)
    const code = readFileSync(join(source, file), 'utf8')
    const imports = code.matchAll(
      /^(?:import|export)\s+(?!type\b)[\w*$,\s{}]+?\s+from\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
    )
    for (const [, fixed, lazy] of imports) {
      const specifier = fixed ?? lazy ?? ''
      if (specifier.startsWith('.'))
        visit(relative(source, join(source, dirname(file), specifier)).replace(/\.js$/, '.ts'))
      else if (!isBuiltin(specifier)) packages.add(packageOf(specifier))
    }
  }
  visit('main.ts')
  t.ok(seen.size > 100)
  t.strictSame(
    [...packages].filter((name) => !PRODUCTION.includes(name)),
    [],
    'none is missing from the image',
  )
  // Of these there are types alone, or files that the build copies.
  const otherwise = ['@fastify/type-provider-typebox', 'uplot']
  const types = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(source, path), 'utf8'))
    .join('\n')
  for (const name of otherwise)
    t.ok(types.includes(`'${name}'`) || scripts['explorer:files'].includes(`/${name}/`), name)
  const unused = PRODUCTION.filter((name) => !packages.has(name) && !otherwise.includes(name))
  t.strictSame(unused, [], 'none is there for nothing')
})

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

t.test('the bill of materials lists what production installs, and nothing else', async (t) => {
  t.equal(scripts.sbom, 'node .ci/sbom.mjs > sbom.json')
  const output = execFileSync(process.execPath, ['.ci/sbom.mjs'], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' })
  const bill = JSON.parse(output)
  t.match(bill, {
    bomFormat: 'CycloneDX',
    metadata: { component: { name: 'portkey-metrics-proxy', version, type: 'application' } },
  })
  const listed = bill.components.map((component: { 'bom-ref': string }) => component['bom-ref'])
  const expected = new Set(installed.map(([place, { version }]) => `${nameOf(place)}@${version}`))
  t.strictSame(listed.toSorted(), [...expected].toSorted())
  for (const component of bill.components) t.ok(component.hashes?.length > 0, `${component['bom-ref']} has a checksum`)
  for (const { ref, dependsOn } of bill.dependencies) {
    for (const other of [ref, ...dependsOn]) {
      t.ok(listed.includes(other) || other === bill.metadata.component['bom-ref'], `${ref}: ${other}`)
    }
  }
})
