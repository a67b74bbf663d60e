import { readFileSync, writeFileSync } from 'node:fs'
import { DASHBOARD_FILES } from './dashboards/files.js'
import { renderOpenapi, renderReadme } from './docs.js'

// `npm run docs`: writes what is generated from the code. A test fails when these files are stale.
const examples = readFileSync('test/fixtures/metrics-dsl-examples.jsonl', 'utf8')
writeFileSync('README.md', await renderReadme(readFileSync('README.md', 'utf8'), examples))
writeFileSync('openapi.yaml', await renderOpenapi())
for (const [path, text] of Object.entries(DASHBOARD_FILES)) writeFileSync(path, text)
