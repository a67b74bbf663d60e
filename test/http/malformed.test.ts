import t from 'tap'
import { MALFORMED } from '../query/malformed.js'
import { errorOf, forbiddenEngine, QUESTION, serve } from './harness.js'

t.test('every malformed body is a 400 in the one shape, and asks nobody', async (t) => {
  const service = await serve(t, { engine: forbiddenEngine(t) })
  for (const malformed of MALFORMED) {
    const body = 'text' in malformed ? malformed.text : JSON.stringify(malformed.body)
    const error = await errorOf(t, await service.ask({ body }), 400, malformed.code, malformed.name)
    t.ok(error.message.length < 2_000, `${malformed.name}: a message to read`)
  }
})

t.test('the deepest bodies that fit are refused, not fatal', async (t) => {
  const service = await serve(t, { engine: forbiddenEngine(t) })
  const deep = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth)
  const bodies = [
    deep(130_000, '[', ']'),
    deep(40_000, '{"a":', '}').replace(':}', ':1}'),
    '['.repeat(260_000),
    JSON.stringify(QUESTION).replace('["modelName"]', deep(100_000, '[', ']')),
    JSON.stringify({ ...QUESTION, filters: 0 }).replace(':0', `:${deep(100_000, '[', ']')}`),
  ]
  for (const [at, body] of bodies.entries()) t.equal((await service.ask({ body })).status, 400, String(at))
})
