import { LEAST } from '../question.js'
import { inField, long, type Malformed, SERIES } from './cases.js'

/** Malformed: intervals, time zones and limits. */
export const BUCKETS: readonly Malformed[] = [
  ...inField('interval', 'INTERVAL_REQUIRED', [undefined], SERIES),
  ...inField(
    'interval',
    'INTERVAL_INVALID',
    [null, 3600, '', ' ', 'hour', '1', '1hour', '1h', '1 h', '1 hours ago'],
    SERIES,
  ),
  ...inField(
    'interval',
    'INTERVAL_INVALID',
    ['1 hour 30 minute', '1 hour, 30 minutes', '1 fortnight', '1 quarter'],
    SERIES,
  ),
  ...inField(
    'interval',
    'INTERVAL_INVALID',
    ['0 hour', '-1 hour', '+1 hour', '1.5 hour', '1e1 hour', '0x1 hour'],
    SERIES,
  ),
  ...inField(
    'interval',
    'INTERVAL_INVALID',
    ['1\thour', '1_000 second', '١ hour', '1 hourss', 'PT1H', '9999999999 day'],
    SERIES,
  ),
  ...inField(
    'interval',
    'INTERVAL_INVALID',
    [`${long(2_000)} hour`, `${'9'.repeat(400)} hour`, ['1 hour'], {}],
    SERIES,
  ),
  ...inField('interval', 'INTERVAL_INVALID', ['1 hour 30 minute', 'daily']),
  ...inField('intervalInSeconds', 'INTERVAL_INVALID', [null, '3600', 0, -60, 1.5, 1e300, true, [3600]], SERIES),
  ...inField('intervalInSeconds', 'INTERVAL_INVALID', [0], { ...SERIES, interval: '1 hour' }),
  ...inField('interval', 'TOO_MANY_BUCKETS', ['1 second', '5 seconds', '7 Seconds'], SERIES),
  ...inField('timeZone', 'VALIDATION_FAILED', [
    null,
    '',
    'Mars/Olympus',
    '+01:00',
    'local',
    1,
    ['UTC'],
    long(4_000),
    'UTC\0',
  ]),
  ...inField('limit', 'VALIDATION_FAILED', [null, 0, -1, 1.5, 10_001, '10', true, [10]], {
    ...LEAST,
    groupBy: ['modelName'],
  }),
  ...inField('limit', 'VALIDATION_FAILED', [10]),
  ...inField('limit', 'VALIDATION_FAILED', [10], { ...LEAST, groupBy: [] }),
]
