import { createSecondLevel } from '../../src/cache/second-level.js'
import { DAY, heldOf, never } from './second-level-open.js'

/**
 * A replica in a process of its own, of a few short acts, for the tests that need one: `hold` claims a flight and never lands it;
 * `end` does a little of everything and closes, whereupon the process must end by itself. Says `up`, then `holding` or `closed`.
 */
const [url = '', act] = process.argv.slice(2)
const say = (word: string) => process.send?.(word)

const level = createSecondLevel(url, {
  budgetMs: 2_000,
  claimMs: 500,
  onState: (up) => {
    if (!up) return
    say('up')
    void (act === 'hold' ? hold() : end())
  },
})
if (act === 'close at once') void level.close().then(() => process.disconnect())
if (act === 'close later') setTimeout(() => void level.close().then(() => process.disconnect()), 300)

async function hold(): Promise<void> {
  const load = () => {
    say('holding')
    return new Promise<never>(() => {})
  }
  await level.once(
    'k',
    's',
    () => true,
    load,
    () => DAY,
    never,
  )
}

async function end(): Promise<void> {
  await level.once(
    'k',
    's',
    () => true,
    async () => heldOf(1),
    () => DAY,
    never,
  )
  level.write('other', 's', heldOf(2), DAY)
  await level.close()
  say('closed')
  process.disconnect()
}
