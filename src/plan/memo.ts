import { dimensionId } from '../catalog/dimensions.js'
import type { Goal } from './goal.js'
import type { Costed } from './way.js'

/** Ways found while one question is planned. */
export type Memo = {
  /** The way to a goal, found once: the alternatives of a question come down to the same few goals. */
  readonly once: (goal: Goal, find: () => Costed) => Costed
}

/** An empty memo, for one planning: what decides on ways besides the goal must not change in its life. */
export function newMemo(): Memo {
  const ways = new Map<string, Costed>()
  const idOf = newIds()
  // Long lists (a status range is hundreds of codes) and tests are passed on as they are, so which one it is tells them apart;
  // names are a caller's text, so only their numbers stand in the key.
  const keyOf = ({ measures, groups, edges, window, where, testsOf }: Goal): string => {
    let key = `${edges === null ? 0 : idOf(edges)} ${window.start} ${window.end} ${idOf(where.ranges)} m`
    for (const measure of measures) key += ` ${idOf(measure)}`
    key += ' g'
    for (const group of groups) {
      const tests = testsOf(group)
      key += ` ${idOf(group.id)} ${tests.length === 0 ? 0 : idOf(tests)}`
    }
    key += ' c'
    for (const { dimension, values } of where.constraints) {
      key += ` ${idOf(dimensionId(dimension))} ${values.kind === 'slot' ? idOf(values.slot) : idOf(values.values)}`
    }
    return key
  }
  return {
    once(goal, find) {
      const key = keyOf(goal)
      const known = ways.get(key)
      if (known !== undefined) return known
      const found = find()
      ways.set(key, found)
      return found
    },
  }
}

/** Numbers things from 1: equal texts alike, objects and lists by which one it is. */
function newIds(): (thing: string | object) => number {
  const ids = new Map<string | object, number>()
  return (thing) => {
    const known = ids.get(thing)
    if (known !== undefined) return known
    ids.set(thing, ids.size + 1)
    return ids.size
  }
}
