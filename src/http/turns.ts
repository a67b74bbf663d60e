import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What is done with a request. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => void

/** Replies of one connection that are worked on, or wait to be sent, behind the one that is being sent. */
export const MOST_BEHIND = 16
/** While they hold more than this, in bytes, no further one is made. */
const MOST_BYTES = 1_048_576

/**
 * Bounds what a connection can have under way: requests can be sent without waiting for replies (pipelining), and a caller who reads
 * none would have them all made and held. Those beyond the bound wait, unread and unserved, while no more is read from the connection;
 * they are served in turn, and those of a caller who has gone not at all. A request that waits behind no other costs nothing here.
 */
export const inTurns =
  (serve: Serve): Serve =>
  (request, response) => {
    // Node gives a reply the socket once it is the first in line.
    if (response.socket !== null) return serve(request, response)
    const { socket } = request
    const line = lines.get(socket) ?? newLine(socket, serve)
    if (line.waiting.length === 0 && hasRoom(line)) return enter(line, request, response)
    line.waiting.push({ request, response })
    if (!line.isPausing) stopReading(line)
  }

type Waiting = { readonly request: IncomingMessage; readonly response: ServerResponse }

type Line = {
  readonly socket: Socket
  readonly serve: Serve
  readonly behind: Set<ServerResponse>
  waiting: Waiting[]
  isPausing: boolean
}

const lines = new WeakMap<Socket, Line>()

const newLine = (socket: Socket, serve: Serve): Line => {
  const line: Line = { socket, serve, behind: new Set(), waiting: [], isPausing: false }
  lines.set(socket, line)
  socket.once('close', () => {
    line.waiting = []
  })
  return line
}

const stopReading = (line: Line): void => {
  line.isPausing = true
  // Not at once: at the end of each request Node reads on, and would undo it. It also does when it has paused by itself.
  process.nextTick(() => {
    line.isPausing = false
    if (line.waiting.length > 0) line.socket.pause()
  })
}

/** One is always let in where none is, for its end is what lets the next one in. */
const hasRoom = ({ behind, socket }: Line): boolean => {
  if (behind.size === 0) return true
  if (behind.size >= MOST_BEHIND) return false
  let bytes = socket.writableLength
  // Of a reply that has the socket it counts what the socket holds.
  for (const reply of behind) bytes += reply.socket === null ? reply.writableLength : 0
  return bytes <= MOST_BYTES
}

const enter = (line: Line, request: IncomingMessage, response: ServerResponse): void => {
  line.behind.add(response)
  response.once('close', () => {
    line.behind.delete(response)
    advance(line)
  })
  line.serve(request, response)
}

const advance = (line: Line): void => {
  const { socket } = line
  // After a reply that closes the connection nothing more is answered.
  if (!socket.writable) line.waiting = []
  let served = 0
  for (const { request, response } of line.waiting) {
    if (!hasRoom(line)) break
    served += 1
    enter(line, request, response)
  }
  line.waiting = line.waiting.slice(served)
  if (served > 0 && line.waiting.length === 0) socket.resume()
}
