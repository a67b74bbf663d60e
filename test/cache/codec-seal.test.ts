import fc from 'fast-check'
import t from 'tap'
import { sealOf } from '../../src/cache/codec-seal.js'

const text = fc.string({ unit: 'binary' })
/** HMAC fills short secrets up with zero bytes: those at an end say nothing, and no secret of the service has any. */
const secrets = text.map((one) => one.replace(/\0+$/, ''))
const payload = fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes))

t.test('what was closed opens under the same kind, key and secret alone', async () => {
  fc.assert(
    fc.property(secrets, secrets, text, text, payload, (secret, other, key, another, bytes) => {
      const seal = sealOf(secret)
      const sealed = seal.close('answer', key, bytes)
      if (!seal.open('answer', key, sealed)?.equals(bytes)) return false
      if (seal.open('note', key, sealed) !== null) return false
      if (another !== key && seal.open('answer', another, sealed) !== null) return false
      return other === secret || sealOf(other).open('answer', key, sealed) === null
    }),
  )
})

t.test('a single changed bit, a lost byte or one more is seen', async () => {
  fc.assert(
    fc.property(payload, fc.nat(), fc.nat(7), (bytes, at, bit) => {
      const seal = sealOf('s')
      const sealed = seal.close('answer', 'k', bytes)
      const flipped = Buffer.from(sealed)
      const place = at % sealed.length
      flipped[place] = (flipped[place] ?? 0) ^ (1 << bit)
      const changed = [flipped, sealed.subarray(1), sealed.subarray(0, -1), Buffer.concat([sealed, Buffer.of(0)])]
      return changed.every((forged) => seal.open('answer', 'k', forged) === null)
    }),
  )
})

t.test('an end of the key is not a beginning of the value', async (t) => {
  const seal = sealOf('s')
  const sealed = seal.close('answer', 'ab', Buffer.from('c'))
  t.equal(seal.open('answer', 'a', Buffer.concat([sealed.subarray(0, 16), Buffer.from('bc')])), null)
})

t.test('a name is short, of our own space and version, and tells neither key nor secret', async (t) => {
  const name = sealOf('secret').nameOf('answer', 'scope filter')
  t.match(name, /^pmp:1:a:[\w-]{22}$/)
  t.equal(name, sealOf('secret').nameOf('answer', 'scope filter'))
  const others = [
    sealOf('secret').nameOf('note', 'scope filter'),
    sealOf('secret').nameOf('answer', 'scope filter 2'),
    sealOf('secret 2').nameOf('answer', 'scope filter'),
  ]
  t.equal(new Set([name, ...others]).size, 4)
})
