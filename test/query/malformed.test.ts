import t from 'tap'
import { MALFORMED } from './malformed.js'
import { refusal } from './question.js'

t.ok(MALFORMED.length >= 150, `there are ${MALFORMED.length} malformed bodies`)

for (const item of MALFORMED) {
  t.test(item.name, async (t) => {
    const error = refusal('text' in item ? JSON.parse(item.text) : item.body)
    t.equal(error.statusCode, 400)
    t.ok(error.details.length > 0, 'says where')
    t.ok(error.message.length < 4_000, 'the message is bounded')
    t.ok(
      error.details.every((fault) => fault.path === '' || fault.path.startsWith('/')),
      'paths are JSON pointers',
    )
    t.ok(
      error.details.every((fault) => fault.message.length < 2_000),
      'each fault is bounded',
    )
    if (item.name !== 'an empty object') t.equal(error.code, item.code)
  })
}
