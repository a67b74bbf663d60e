import { readFileSync, writeFileSync } from 'node:fs'
import { renderOpenapi, renderReadme } from './docs.js'

// `npm run docs`: writes what is generated from the code. A test fails when these files are stale.
writeFileSync('README.md', renderReadme(readFileSync('README.md', 'utf8')))
writeFileSync('openapi.yaml', await renderOpenapi())
