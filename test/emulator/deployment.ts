import type { Test } from 'tap'
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/emulator/emulator.js'

/** A moment that generated traffic is busy at: a Wednesday afternoon. */
export const NOW = Date.parse('2026-06-10T12:34:56.789Z')

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export type Response = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: unknown
}
export type Parameters = Readonly<Record<string, string>>

/** A listening emulator and a caller with the workspace's key. `window` in ms back from now, both ends included. */
export type Deployment = {
  readonly emulator: Emulator
  readonly baseUrl: string
  get(path: string, parameters?: Parameters, headers?: Parameters): Promise<Response>
  analytics(path: string, window: { min: number; max: number }, parameters?: Parameters): Promise<Response>
}

export const SANE_HEADERS = { 'x-portkey-api-key': 'demo-workspace-key', 'user-agent': 'a-product/1.0' }

export async function deploy(t: Test, options: EmulatorOptions = {}): Promise<Deployment> {
  const emulator = createEmulator({ now: NOW, historyDays: 3, ...options })
  const baseUrl = await emulator.listen()
  t.teardown(() => emulator.close())
  const get = async (
    path: string,
    parameters: Parameters = {},
    headers: Parameters = SANE_HEADERS,
  ): Promise<Response> => {
    const url = `${baseUrl}/${path}?${new URLSearchParams(parameters)}`
    const response = await fetch(url, { headers, redirect: 'manual' })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: parsed(text) }
  }
  return {
    emulator,
    baseUrl,
    get,
    analytics: (path, { min, max }, parameters = {}) =>
      get(`analytics/${path}`, { ...windowOf(min, max), ...parameters }),
  }
}

export function windowOf(min: number, max: number): Parameters {
  return {
    time_of_generation_min: new Date(min).toISOString(),
    time_of_generation_max: new Date(max).toISOString(),
  }
}

/** Follows keys and indexes into JSON; `undefined` where there is nothing. */
export function dig(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (typeof inner !== 'object' || inner === null) return undefined
    return new Map<string, unknown>(Object.entries(inner)).get(String(key))
  }, value)
}

/** The list at a path; throws when there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = dig(value, ...path)
  if (!Array.isArray(found)) throw new Error(`no list at ${path.join('.')}`)
  return found
}

/** The number at a path, decimal text included; throws when there is none. */
export function numberAt(value: unknown, ...path: readonly (string | number)[]): number {
  const found = dig(value, ...path)
  const number = typeof found === 'string' && found !== '' ? Number(found) : found
  if (typeof number !== 'number' || Number.isNaN(number)) throw new Error(`no number at ${path.join('.')}`)
  return number
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
