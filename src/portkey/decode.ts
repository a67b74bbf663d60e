import { ServiceError } from '../errors.js'
import type { Answer } from './answer.js'
import type { Endpoint } from './call.js'
import { type EndpointShape, pathOf, shapeOf } from './endpoints.js'
import { readFigure, readFigures } from './fields.js'
import { readListing } from './listing.js'
import { malformed } from './malformed.js'
import { readSeries } from './series.js'
import { isWireObject, type WireObject } from './wire.js'

/** One page of a listing. `total` is what the upstream says there is; `null` when it does not say. */
export type Page = { readonly rows: readonly WireObject[]; readonly total: number | null }

/**
 * Raw JSON text of one whole answer → Answer. Throws `UPSTREAM_MALFORMED` for anything that does not read as this endpoint's
 * format, and `UPSTREAM_QUOTA_EXCEEDED` when the upstream flags its own numbers as truncated.
 */
export function decode(endpoint: Endpoint, text: string): Answer {
  const path = pathOf(endpoint)
  const shape = shapeOf(endpoint)
  if (shape.kind === 'pages') return readListing(decodePage(endpoint, text).rows, shape, path)
  return readBody(readObject(text, path), shape, path)
}

/** Raw JSON text of one page of a group listing; throws as `decode` does. */
export function decodePage(endpoint: Endpoint, text: string): Page {
  const path = pathOf(endpoint)
  const body = readObject(text, path)
  const total = body.total === undefined ? null : readFigure(body.total, 'count')
  if (total === undefined) throw malformed(path, 'total is not a whole number from 0')
  return { rows: readRows(body, 'data', path), total }
}

/** Any JSON text of the upstream; throws `UPSTREAM_MALFORMED`. */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may be the caller's data.
    throw malformed(path, text.trim() === '' ? 'it is empty' : 'it is not whole JSON')
  }
}

type BodyShape = Exclude<EndpointShape, { readonly kind: 'pages' }>

function readBody(body: WireObject, shape: BodyShape, path: string): Answer {
  switch (shape.kind) {
    case 'series':
      return readSeries(readRows(body, 'data_points', path), readSummary(body, path), shape, path)
    case 'rows':
      return readListing(readRows(body, 'data_points', path), shape, path)
    case 'summary': {
      const summary = readSummary(body, path)
      if (summary === null) throw malformed(path, 'summary is missing')
      return { kind: 'summary', summary: readFigures(summary, shape.fields, path) }
    }
  }
}

function readObject(text: string, path: string): WireObject {
  const body = parseJson(text, path)
  if (!isWireObject(body)) throw malformed(path, 'it is not an object')
  if (!NOT_EXCEEDED.has(body.is_quota_exceeded)) {
    throw new ServiceError(
      'UPSTREAM_QUOTA_EXCEEDED',
      `Portkey flags its answer to ${path} as truncated, because a quota of this organisation is used up. Raise the quota, or wait until it resets.`,
    )
  }
  return body
}

/** A flag that is there and does not plainly say no counts as yes: truncated numbers must never be shown. */
const NOT_EXCEEDED: ReadonlySet<unknown> = new Set([undefined, null, false, 'false', 'False', 0, '0', ''])

function readRows(body: WireObject, name: string, path: string): readonly WireObject[] {
  const rows = body[name]
  if (!Array.isArray(rows)) throw malformed(path, `${name} is not a list`)
  const objects = rows.filter(isWireObject)
  if (objects.length < rows.length) {
    throw malformed(path, `${rows.length - objects.length} of ${rows.length} ${name} are not objects`)
  }
  return objects
}

function readSummary(body: WireObject, path: string): WireObject | null {
  if (body.summary === undefined || body.summary === null) return null
  if (!isWireObject(body.summary)) throw malformed(path, 'summary is not an object')
  return body.summary
}
