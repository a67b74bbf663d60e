/** A queue of lanes that take turns; within a lane, first come, first served. */
export type Lanes<Item> = {
  readonly add: (lane: object, item: Item) => void
  /** Takes an item out before its turn. */
  readonly remove: (lane: object, item: Item) => void
  /** Takes the item whose turn it is, of the lane that had none for the longest time. */
  readonly next: () => Item | undefined
  /** How many items have their turn before one that is added to this lane now, if nothing else comes. */
  readonly ahead: (lane: object) => number
  readonly items: () => readonly Item[]
  readonly size: () => number
}

/** Lanes without items. A lane exists while it has items. */
export function createLanes<Item>(): Lanes<Item> {
  // In the order of their turns: a lane goes to the end when it has had one.
  const lanes = new Map<object, Set<Item>>()
  let size = 0

  function remove(lane: object, item: Item): void {
    const items = lanes.get(lane)
    if (!items?.delete(item)) return
    size -= 1
    if (items.size === 0) lanes.delete(lane)
  }

  return {
    add(lane, item) {
      const items = lanes.get(lane) ?? new Set()
      lanes.set(lane, items.add(item))
      size += 1
    },
    remove,
    next() {
      for (const [lane, items] of lanes) {
        for (const item of items) {
          remove(lane, item)
          if (lanes.delete(lane)) lanes.set(lane, items)
          return item
        }
      }
      return undefined
    },
    ahead(lane) {
      const own = lanes.get(lane)?.size ?? 0
      let turns = own + 1
      let ahead = own
      for (const [other, items] of lanes) {
        // Lanes behind it have one turn less before its next.
        if (other === lane) turns = own
        else ahead += Math.min(items.size, turns)
      }
      return ahead
    },
    items: () => [...lanes.values()].flatMap((items) => [...items]),
    size: () => size,
  }
}
