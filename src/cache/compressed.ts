import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** How a body may be compressed, the better first. */
export const ENCODINGS = ['br', 'gzip'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** A cheap level: the next better ones take several times as long for a few percent. */
export const GZIP_OPTIONS = { level: 6 } as const
/** As cheap a quality, for the same reason: unless told, brotli takes its best, which is its slowest. */
export const BROTLI_OPTIONS = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } } as const

/** Compressed copies of bodies, each made once and kept as long as the body itself is. */
export type Compressed = {
  /** The copy, if it is made already. */
  readonly made: (body: Buffer, encoding: Encoding) => Buffer | undefined
  /** The copy; whoever wants it while it is made waits for the same one. */
  readonly make: (body: Buffer, encoding: Encoding) => Promise<Buffer>
  /** Bytes of all copies of a body. */
  readonly bytesOf: (body: Buffer) => number
}

/** Copies by the identity of their bodies. `onMade` is told when a body has one more. */
export function createCompressed(onMade: (body: Buffer) => void = () => undefined): Compressed {
  const copies = { br: new WeakMap<Buffer, Buffer>(), gzip: new WeakMap<Buffer, Buffer>() } as const
  const making = { br: new WeakMap<Buffer, Promise<Buffer>>(), gzip: new WeakMap<Buffer, Promise<Buffer>>() } as const

  const make = async (body: Buffer, encoding: Encoding): Promise<Buffer> => {
    try {
      const copy = await COMPRESSORS[encoding](body)
      copies[encoding].set(body, copy)
      onMade(body)
      return copy
    } finally {
      making[encoding].delete(body)
    }
  }

  return {
    made: (body, encoding) => copies[encoding].get(body),

    async make(body, encoding) {
      const copy = copies[encoding].get(body) ?? making[encoding].get(body)
      if (copy !== undefined) return copy
      const promise = make(body, encoding)
      making[encoding].set(body, promise)
      return promise
    },

    bytesOf: (body) => ENCODINGS.reduce((sum, encoding) => sum + (copies[encoding].get(body)?.byteLength ?? 0), 0),
  }
}

const [toBrotli, toGzip] = [promisify(brotliCompress), promisify(gzip)]

/** These run on threads of their own: nobody else waits. */
const COMPRESSORS: Readonly<Record<Encoding, (body: Buffer) => Promise<Buffer>>> = {
  br: (body) => toBrotli(body, BROTLI_OPTIONS),
  gzip: (body) => toGzip(body, GZIP_OPTIONS),
}
