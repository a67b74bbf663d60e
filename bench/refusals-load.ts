import { connect, type Socket } from 'node:net'

/** One connection on which requests are refused, one after the other. */
export type Refusals = {
  /** The bytes of a request with these values of `authorization`, a header each. */
  readonly request: (values: readonly string[]) => Buffer
  /** Milliseconds from sending it until the whole 401 is there. */
  readonly refused: (request: Buffer) => Promise<number>
  readonly close: () => void
}

const HEAD_END = '\r\n\r\n'

/** Connects. `body` goes with every request. */
export async function openRefusals(port: number, body: string): Promise<Refusals> {
  const socket = await open(port)
  const head = ['POST /v1/metrics/query HTTP/1.1', 'host: 127.0.0.1', 'content-type: application/json']
  return {
    request(values) {
      const lines = [...head, ...values.map((value) => `authorization: ${value}`), `content-length: ${body.length}`]
      return Buffer.from(`${lines.join('\r\n')}${HEAD_END}${body}`)
    },
    refused: (request) => ask(socket, request),
    close: () => socket.destroy(),
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.setNoDelay(true)))
    socket.once('error', reject)
  })
}

function ask(socket: Socket, request: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    const stop = (error: Error | null) => {
      socket.off('data', read).off('close', lost)
      if (error === null) resolve(performance.now() - began)
      else reject(error)
    }
    const lost = () => stop(new Error(`the service closed the connection after ${text}`))
    const read = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const end = text.indexOf(HEAD_END)
      const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text)?.[1]
      if (end < 0 || length === undefined || text.length < end + HEAD_END.length + Number(length)) return
      stop(text.startsWith('HTTP/1.1 401 ') ? null : new Error(`not refused: ${text}`))
    }
    socket.on('data', read).once('close', lost)
    const began = performance.now()
    socket.write(request)
  })
}
