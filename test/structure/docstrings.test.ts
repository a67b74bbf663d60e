import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { ROOT } from '../fixtures/places.js'

const source = join(ROOT, 'src')

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name))

const isExported = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

const nameOf = (node: ts.Statement): string => {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.map(({ name }) => name.getText()).join(', ')
  const named = ts.isFunctionDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node)
  return named ? (node.name?.text ?? '') : ''
}

/** Types that say no more than the table or the schema right above them. */
const speaksForItself = (node: ts.Statement): boolean =>
  ts.isTypeAliasDeclaration(node) && /^(Static<|\(typeof )/.test(node.type.getText())

t.test('whatever another file may use says what it promises', async (t) => {
  let seen = 0
  for (const file of files) {
    const parsed = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
    for (const node of parsed.statements.filter(isExported)) {
      seen += 1
      const said = ts.getJSDocCommentsAndTags(node).length > 0
      if (!said && !speaksForItself(node)) t.fail(`${relative(source, file)}: ${nameOf(node)} has no docstring`)
    }
  }
  t.ok(seen > 800, `${seen} exports`)
})
