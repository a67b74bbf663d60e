/** Items that wait, each at a place; what the place says is up to the kind of line. */
export type Line<Place extends readonly unknown[], Item> = {
  readonly add: (place: Place, item: Item) => void
  /** Takes an item out before its turn; `false` where it does not wait at this place. */
  readonly remove: (place: Place, item: Item) => boolean
  /** Takes the item whose turn it is. */
  readonly next: () => Item | undefined
  /**
   * How many items have their turn before one that is added at this place now, or before `item` where that waits there already, if
   * nothing else comes.
   */
  readonly ahead: (place: Place, item?: Item) => number
  readonly items: () => readonly Item[]
  readonly size: () => number
}

/** A line without lanes: first come, first served. */
export function createLine<Item>(): Line<readonly [], Item> {
  const items = new Set<Item>()
  return {
    add: (_place, item) => void items.add(item),
    remove: (_place, item) => items.delete(item),
    next() {
      for (const item of items) {
        items.delete(item)
        return item
      }
      return undefined
    },
    ahead(_place, item) {
      if (item === undefined || !items.has(item)) return items.size
      let ahead = 0
      for (const other of items) {
        if (other === item) break
        ahead += 1
      }
      return ahead
    },
    items: () => [...items],
    size: () => items.size,
  }
}

/**
 * A line of lanes that take turns: the first part of a place names the lane, the rest is a place within it. Each lane is a line as
 * `open` makes it, so lanes may have lanes. A lane exists while it has items.
 */
export function createLanes<Name, Rest extends readonly unknown[], Item>(
  open: () => Line<Rest, Item>,
): Line<readonly [Name, Rest], Item> {
  // In the order of their turns: a lane goes to the end when it has had one.
  const lanes = new Map<Name, Line<Rest, Item>>()
  let size = 0

  return {
    add([name, rest], item) {
      const lane = lanes.get(name) ?? open()
      lanes.set(name, lane)
      lane.add(rest, item)
      size += 1
    },
    remove([name, rest], item) {
      const lane = lanes.get(name)
      if (!lane?.remove(rest, item)) return false
      size -= 1
      if (lane.size() === 0) lanes.delete(name)
      return true
    },
    next() {
      for (const [name, lane] of lanes) {
        const item = lane.next()
        size -= 1
        lanes.delete(name)
        if (lane.size() > 0) lanes.set(name, lane)
        return item
      }
      return undefined
    },
    ahead([name, rest], item) {
      const own = lanes.get(name)?.ahead(rest, item) ?? 0
      let turns = own + 1
      let ahead = own
      for (const [other, lane] of lanes) {
        // Lanes behind it have one turn less before its next.
        if (other === name) turns = own
        else ahead += Math.min(lane.size(), turns)
      }
      return ahead
    },
    items: () => [...lanes.values()].flatMap((lane) => lane.items()),
    size: () => size,
  }
}
