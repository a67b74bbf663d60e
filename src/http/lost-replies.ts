import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Makes sure that every reply is closed when its connection is. Node emits 'close' for the reply that a connection was writing, and not
 * for those that waited behind it for their turn (requests can be sent without waiting for replies): whoever waits for the end of
 * one of those, as a stop does, would wait for ever.
 */
export const closeWithConnection = (response: ServerResponse, socket: Socket): void => {
  const open = repliesOf.get(socket) ?? watch(socket)
  open.add(response)
  response.once('close', () => open.delete(response))
  // A request may be read after its connection has gone.
  if (socket.closed) setImmediate(() => open.has(response) && response.emit('close'))
}

const repliesOf = new WeakMap<Socket, Set<ServerResponse>>()

const watch = (socket: Socket): Set<ServerResponse> => {
  const open = new Set<ServerResponse>()
  repliesOf.set(socket, open)
  const closeAll = () => {
    for (const response of open) response.emit('close')
  }
  // Node's own comes first: what is left then gets none.
  socket.once('close', () => setImmediate(closeAll))
  return open
}
