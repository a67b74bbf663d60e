/** How much may be in a room. */
export type RoomSize = {
  /** By one principal, when nobody else has anything in it. */
  readonly alone: number
  /** In all, whoever they are; more than `alone`. */
  readonly inAll: number
}

/** A bounded room that principals share: work that waits, or is under way. Each is named by its share. */
export type Room = {
  /**
   * Whether this principal may bring one more in. It may have a fixed part of what is still free, `alone / (inAll - alone)` times as
   * much: exactly `alone` by itself, less the fuller the room is, and one as long as a single place is free. So nobody can fill the
   * room: at its bound a principal leaves the larger part of it to others, and one that had more when fewer were there brings nothing
   * in until the others have caught up. Those who have little take next to nothing from the rest, unlike with an equal part a head.
   */
  readonly hasPlace: (share: string) => boolean
  readonly enter: (share: string) => void
  readonly leave: (share: string) => void
  /** How much of this principal is in it. */
  readonly of: (share: string) => number
  readonly size: () => number
}

/** An empty room. */
export function createRoom({ alone, inAll }: RoomSize): Room {
  // Without those who have nothing in it.
  const counts = new Map<string, number>()
  let size = 0
  const of = (share: string) => counts.get(share) ?? 0

  return {
    hasPlace: (share) => of(share) * (inAll - alone) < (inAll - size) * alone,
    enter(share) {
      counts.set(share, of(share) + 1)
      size += 1
    },
    leave(share) {
      const rest = of(share) - 1
      if (rest < 0) return
      if (rest === 0) counts.delete(share)
      else counts.set(share, rest)
      size -= 1
    },
    of,
    size: () => size,
  }
}
