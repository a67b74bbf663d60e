import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Compressed, Encoding } from '../cache/compressed.js'
import { encodingOf, LEAST_COMPRESSED } from './accept-encoding.js'

/**
 * The body of a reply as its caller takes it: compressed where that is accepted and saves something, with the header that says so. A copy
 * that is not made yet is promised, and waited for by all who want it. Nothing after it need compress.
 */
export const compressedBody = (
  request: FastifyRequest,
  reply: FastifyReply,
  body: Buffer,
  compressed: Pick<Compressed, 'made' | 'make'>,
): Buffer | Promise<Buffer> => {
  const encoding = body.length < LEAST_COMPRESSED ? null : encodingOf(request.headers['accept-encoding'])
  if (encoding === null) return body
  const made = compressed.made(body, encoding)
  return made === undefined
    ? compressed.make(body, encoding).then((copy) => said(reply, encoding, copy))
    : said(reply, encoding, made)
}

/** Sends such a body. */
export const sendHeld = (
  request: FastifyRequest,
  reply: FastifyReply,
  body: Buffer,
  compressed: Pick<Compressed, 'made' | 'make'>,
): FastifyReply => {
  const copy = compressedBody(request, reply, body, compressed)
  if (Buffer.isBuffer(copy)) return reply.send(copy)
  copy.then(
    (made) => reply.send(made),
    (error: unknown) => reply.send(error),
  )
  return reply
}

const said = (reply: FastifyReply, encoding: Encoding, copy: Buffer): Buffer => {
  reply.header('content-encoding', encoding)
  return copy
}
