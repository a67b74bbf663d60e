import type { Row } from './answer.js'
import type { Credential } from './credential.js'
import { isObject, list, member, parseJson, text } from './json.js'

/** One fault that the service found, where in the body, and what to do about it. */
export type Fault = { readonly path: string; readonly message: string }

/** Why there is no answer. */
export type Refusal = {
  /** 0: the service was not reached. */
  readonly status: number
  readonly code: string
  readonly message: string
  readonly faults: readonly Fault[]
  /** Seconds; `null` = not said. */
  readonly retryAfter: number | null
  readonly requestId: string | null
}

/** `done`: a JSON body and how long it took, in ms. `refused`: why there is none; no headers where no reply came. */
export type Outcome =
  | { readonly kind: 'done'; readonly body: unknown; readonly headers: Headers; readonly ms: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly headers: Headers | null }

/** The service behind this page. Paths are relative to the page, so that it works behind a prefix too. */
export type Service = {
  readonly get: (path: string, signal?: AbortSignal) => Promise<Outcome>
  readonly post: (path: string, body: unknown, signal?: AbortSignal) => Promise<Outcome>
}

/** Where questions are asked, and their plans. */
export const QUESTION_PATH = 'v1/metrics/query'

/** A path of the service as an address. */
export const addressTo = (path: string): string => new URL(path, document.baseURI.split('#')[0]).href

/** Talks to the service with a credential. A call that is aborted rejects; everything else is an outcome. */
export const createService = (credential: Credential): Service => {
  const send = async (path: string, init: RequestInit): Promise<Outcome> => {
    const began = performance.now()
    try {
      const reply = await fetch(addressTo(path), {
        ...init,
        headers: { ...credential.headers(), ...(init.body !== undefined && { 'content-type': 'application/json' }) },
        credentials: 'omit',
        redirect: 'error',
      })
      const source = await reply.text()
      const body = parseJson(source)
      if (reply.ok && body !== undefined) {
        return { kind: 'done', body, headers: reply.headers, ms: performance.now() - began }
      }
      return { kind: 'refused', refusal: refusalOf(reply, body), headers: reply.headers }
    } catch (error) {
      if (init.signal?.aborted) throw error
      return { kind: 'refused', refusal: UNREACHED, headers: null }
    }
  }
  return {
    get: (path, signal) => send(path, { ...(signal && { signal }) }),
    post: (path, body, signal) => send(path, { method: 'POST', body: JSON.stringify(body), ...(signal && { signal }) }),
  }
}

/** The rows of an answer's body. */
export const rowsOf = (body: unknown): readonly Row[] =>
  list(member(member(body, 'data'), 'dataPoints')).filter(isObject)

const UNREACHED: Refusal = {
  status: 0,
  code: 'UNREACHED',
  message: 'The service cannot be reached. Is it running, and is this machine connected?',
  faults: [],
  retryAfter: null,
  requestId: null,
}

const refusalOf = (reply: Response, body: unknown): Refusal => {
  const wait = reply.headers.get('retry-after') ?? ''
  return {
    status: reply.status,
    code: text(member(body, 'code'), reply.statusText || 'UNREADABLE'),
    message: text(member(body, 'message'), 'The reply is not one of this service: is there a proxy in between?'),
    faults: list(member(body, 'details')).map((fault) => ({
      path: text(member(fault, 'path')),
      message: text(member(fault, 'message')),
    })),
    retryAfter: /^\d+$/.test(wait) ? Number(wait) : null,
    requestId: reply.headers.get('x-request-id'),
  }
}
