import { connect, type Socket } from 'node:net'

/** A server to be asked the same thing over and over on connections that stay open, one request at a time on each. */
export type Load = {
  /** Replies that came within so many milliseconds, by the second. */
  readonly run: (ms: number) => Promise<number>
  readonly close: () => void
}

const HEAD_END = Buffer.from('\r\n\r\n')
const LENGTH = Buffer.from('\r\ncontent-length: ')
const CR = 13
const ZERO = 48
/** The status line of the only reply that counts. */
const OK = Buffer.from('HTTP/1.1 200')

/**
 * Opens the connections. `request` is sent as it is. Plain sockets and the least of HTTP, so that the load costs less than what it
 * is to measure. Every reply must be a 200; its length must be stated.
 */
export async function openLoad(port: number, request: Buffer, connections: number): Promise<Load> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  return {
    async run(ms) {
      const end = performance.now() + ms
      const began = performance.now()
      const counts = await Promise.all(sockets.map((socket) => askUntil(socket, request, end)))
      return counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - began) / 1000)
    },
    close() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.setNoDelay(true)))
    socket.once('error', reject)
  })
}

/** Asks, and asks again when the reply is there, until the time is up. */
function askUntil(socket: Socket, request: Buffer, end: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0
    let pending: Buffer = Buffer.alloc(0)
    const stop = (error: Error | null) => {
      socket.off('data', read).off('close', lost)
      if (error === null) resolve(count)
      else reject(error)
    }
    const lost = () => stop(new Error('the server closed a connection'))
    const read = (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      const length = replyLength(pending)
      if (length === null || pending.length < length) return
      if (pending.length > length || pending.indexOf(OK) !== 0) {
        return stop(new Error(`an unexpected reply: ${pending.toString('latin1', 0, 200)}`))
      }
      pending = Buffer.alloc(0)
      count += 1
      if (performance.now() >= end) stop(null)
      else socket.write(request)
    }
    socket.on('data', read).once('close', lost)
    socket.write(request)
  })
}

/** Bytes of head and body; `null` while the head is not complete. */
function replyLength(bytes: Buffer): number | null {
  const head = bytes.indexOf(HEAD_END)
  if (head < 0) return null
  const stated = bytes.indexOf(LENGTH)
  if (stated < 0 || stated > head) throw new Error('a reply without a content-length')
  let length = 0
  for (let at = stated + LENGTH.length; at < head && bytes[at] !== CR; at++)
    length = length * 10 + Number(bytes[at]) - ZERO
  return head + HEAD_END.length + length
}
