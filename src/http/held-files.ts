import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Compressed } from '../cache/compressed.js'
import { addVary } from './answer-headers.js'
import { sendHeld } from './sending.js'

/** A file as it is sent. */
export type HeldFile = {
  readonly name: string
  readonly type: string
  /** Changes with the content, quotes included. A weak one: it is the same for the compressed copies. */
  readonly etag: string
  readonly body: Buffer
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}

/** Whether files of such a name are sent at all. */
export const isSent = (name: string): boolean => TYPES[extname(name)] !== undefined

/** A file whose content is `body`; by its name's ending it has a type. */
export const heldFile = (name: string, body: Buffer): HeldFile => {
  const etag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
  return { name, type: TYPES[extname(name)] ?? '', etag, body }
}

/** Sends a file, compressed as its caller takes it, or says that the copy he has is good. To be asked for each time anew. */
export const sendFile = (
  request: FastifyRequest,
  reply: FastifyReply,
  { type, etag, body }: HeldFile,
  compressed: Compressed,
): FastifyReply => {
  reply.headers({ 'content-type': type, 'cache-control': 'no-cache', etag })
  addVary(reply, 'accept-encoding')
  if (isHeld(request.headers['if-none-match'], etag)) return reply.code(304).send()
  return sendHeld(request, reply, body, compressed)
}

const isHeld = (known: string | undefined, etag: string): boolean =>
  known?.split(',').some((one) => ['*', plain(etag)].includes(plain(one.trim()))) ?? false

/** They are compared weakly (RFC 9110, 13.1.2). */
const plain = (etag: string): string => etag.replace(/^W\//, '')
