import { inField, long, type Malformed } from './cases.js'

/** Malformed: windows. */
export const TIMES: readonly Malformed[] = [
  ...inField('startTs', 'WINDOW_INVALID', [
    undefined,
    null,
    '',
    'now',
    'yesterday',
    1_776_000_000_000,
    '1776000000',
    {},
    [],
  ]),
  ...inField('startTs', 'WINDOW_INVALID', [
    '2026-04-21',
    '2026-04-21T00:00:00',
    '2026-04-21T00:00',
    '20260421T000000Z',
  ]),
  ...inField('startTs', 'WINDOW_INVALID', ['2026-04-21T00:00Z', '2026-04-21 00:00:00Z', '2026-04-21T00:00:00.Z']),
  ...inField('startTs', 'WINDOW_INVALID', ['2026-02-30T00:00:00Z', '2026-02-29T00:00:00Z', '2026-04-31T00:00:00Z']),
  ...inField('startTs', 'WINDOW_INVALID', ['2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z', '2026-04-00T00:00:00Z']),
  ...inField('startTs', 'WINDOW_INVALID', ['2026-04-20T24:00:00Z', '2026-04-20T23:60:00Z', '2016-12-31T23:59:60Z']),
  ...inField('startTs', 'WINDOW_INVALID', ['2026-04-21T00:00:00.0001Z', '2026-04-21T00:00:00.000000001Z']),
  ...inField('startTs', 'WINDOW_INVALID', ['2026-04-21T00:00:00+24:00', '2026-04-21T00:00:00+01:60']),
  ...inField('startTs', 'WINDOW_INVALID', [
    '2026-04-21T00:00:00+0100',
    '2026-04-21T00:00:00+01',
    '2026-04-21T00:00:00 CET',
  ]),
  ...inField('startTs', 'WINDOW_INVALID', [
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00+00:01',
    '0001-01-01T00:00:00Z',
  ]),
  ...inField('startTs', 'WINDOW_INVALID', [
    '+010000-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '２026-04-21T00:00:00Z',
  ]),
  ...inField('startTs', 'WINDOW_INVALID', [' 2026-04-21T00:00:00Z', '2026-04-21T00:00:00Z\n', '$__from', long(9_000)]),
  ...inField('startTs', 'WINDOW_INVALID', [
    '2026-04-22T00:00:00.000Z',
    '2026-04-22T00:00:00.001Z',
    '2026-04-21T23:00:00-01:00',
  ]),
  ...inField('endTs', 'WINDOW_INVALID', [undefined, null, '9999-12-31T23:59:59-00:01', '2026-04-20T00:00:00Z', 'P1D']),
]
