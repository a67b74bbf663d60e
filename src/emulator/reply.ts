import type { Json, JsonObject } from './json.js'

/** What goes back over the wire, before faults. */
export type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A 200 with the body as JSON. */
export function success(body: JsonObject): Reply {
  return json(200, body)
}

/** 400 AB01. */
export function badRequest(problems: readonly string[]): Reply {
  return json(400, { success: false, data: { message: problems.join('; '), errorCode: 'AB01' } })
}

/** 401 AB05: the key is missing or not known. */
export function badKey(): Reply {
  const error = { message: 'Invalid API key', code: 'AB05' }
  return json(401, { status_code: 401, success: false, error })
}

/** 403 AB03: the key's permissions, plan or workspace. */
export function noPermission(message: string): Reply {
  return json(403, { message, code: 'AB03' })
}

/** 404 AB02. */
export function notFound(path: string): Reply {
  return json(404, { status_code: 404, success: false, error: { message: `No route ${path}`, code: 'AB02' } })
}

/** 404 of an endpoint that the deployment lacks: a body of `null`. */
export function missingEndpoint(): Reply {
  return json(404, null)
}

/** 403 of the edge, before the API is reached: plain text. */
export function blockedByEdge(): Reply {
  return { status: 403, headers: { 'content-type': 'text/plain; charset=UTF-8' }, body: 'error code: 1010' }
}

/** An injected status with Portkey's code for it, where it has one. */
export function faultReply(status: number, message: string): Reply {
  return json(status, { message, code: CODES.get(status) ?? (status >= 500 ? 'AB04' : 'AB01') })
}

const CODES: ReadonlyMap<number, string> = new Map([
  [401, 'AB05'],
  [402, 'AB09'],
  [403, 'AB03'],
  [404, 'AB08'],
  [429, 'AB06'],
])

function json(status: number, body: Json): Reply {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) }
}
