import t from 'tap'
import type { Profile } from '../../src/emulator/emulator.js'
import { deploy } from '../engine/service.js'
import { DOCUMENTED } from './minima/documented.js'
import { type Entry, earlier } from './minima/entry.js'
import { LIVE } from './minima/live.js'
import { SIX } from './minima/six.js'

const TABLES: Readonly<Record<Profile, readonly Entry[]>> = { live: [...LIVE, ...SIX], documented: DOCUMENTED }

for (const profile of ['live', 'documented'] as const) {
  t.test(`the fewest calls, ${profile}`, async (t) => {
    const service = await deploy(t, { historyDays: 40, requestsPerHour: 20, profile })
    for (const { name, body, calls, why, todo } of TABLES[profile]) {
      // What is not known of the deployment is learnt first, on another day, and not counted.
      for (let time = 0; time < 3; time++) await service.ask(earlier(body))
      // Nor is what the entries before it asked for.
      const asked = await service.ask(body, { headers: { 'cache-control': 'no-cache' } })
      t.equal(asked.status, 200, `${name}: ${asked.message}`)
      t.equal(asked.calls, calls, `${name}: ${why}`, todo === undefined ? {} : { todo })
      t.equal(asked.headers.get('x-upstream-calls'), String(asked.calls), `${name}: as the reply says`)
    }
  })
}
