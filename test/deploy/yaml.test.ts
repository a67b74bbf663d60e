import t from 'tap'
import { parseAllDocuments } from 'yaml'
import { deployed, YAML_FILES } from './files.js'

t.test('every file is YAML, and means the same to readers of either version', async (t) => {
  t.ok(YAML_FILES.length >= 10)
  for (const path of YAML_FILES) {
    const read = (version: '1.1' | '1.2') => {
      const documents = parseAllDocuments(deployed(path), { version })
      if (!Array.isArray(documents)) throw new Error(`${path} is empty`)
      return documents.map((document) => {
        t.strictSame([...document.errors, ...document.warnings], [], path)
        return document.toJS()
      })
    }
    t.strictSame(read('1.1'), read('1.2'), `${path}: no octal number, no "on" and "off"`)
  }
})
