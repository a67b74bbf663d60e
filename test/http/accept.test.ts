import t from 'tap'
import { formatOf } from '../../src/http/accept.js'
import { encodingOf } from '../../src/http/accept-encoding.js'

t.test('an answer is CSV only where that is liked better than JSON', async (t) => {
  const csv = [
    'text/csv',
    'Text/CSV',
    'text/*',
    'text/csv; charset=utf-8',
    'text/csv;header=present',
    'text/csv, application/json;q=0.5',
    'application/json;q=0.5, text/csv',
    'application/json ; q=0.2 , text/csv ; Q=0.3',
    'text/csv, */*;q=0.1',
    'text/csv;q=0.9, */*;q=0.8',
    'text/*;q=0.9, application/*;q=0.8',
    'application/json;q=0, */*',
    'application/json;q=0.5, */*',
    'text/html, text/csv, */*;q=0.5',
  ]
  for (const accept of csv) t.equal(formatOf(accept), 'csv', accept)
  const json = [
    undefined,
    '',
    '*/*',
    'application/json',
    'application/*',
    'application/json, text/csv',
    'text/csv, application/json',
    'text/csv, */*',
    'text/csv;q=0.5, application/json;q=0.5',
    'text/csv;q=0.4, application/json;q=0.5',
    'text/csv;q=0',
    'text/csv;q=0, text/*',
    'text/csv;q=2',
    'text/csv;q=high',
    'text/*, text/csv;q=0.1, application/json;q=0.2',
    'application/json, text/plain, */*',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/html',
    'image/png;q=1',
    'text/csv+x',
    ';;,;q=,,',
  ]
  for (const accept of json) t.equal(formatOf(accept), 'json', String(accept))
})

t.test('a body is compressed as its caller takes it, brotli rather than gzip', async (t) => {
  const known = [
    [undefined, null],
    ['', null],
    ['identity', null],
    ['deflate', null],
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1, br;q=0.5', 'gzip'],
    ['gzip;q=0', null],
    ['*', 'br'],
  ] as const
  for (const [accept, encoding] of known) {
    t.equal(encodingOf(accept), encoding, `${accept}`)
    t.equal(encodingOf(accept), encoding, `${accept}: again`)
  }
})
