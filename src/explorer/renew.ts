/**
 * Puts the children of `fresh` in place of those of `room`, all but one old element and what holds it: `keep` never leaves the page, and
 * `twin` is its counterpart that goes. A select that is being typed in would forget what was typed.
 */
export const renewAround = (room: Element, fresh: Element, keep: Element, twin: Element): void => {
  if (room === keep) return
  const held = [...room.children].find((child) => child.contains(keep))
  const counterpart = [...fresh.children].find((child) => child.contains(twin))
  if (held === undefined || counterpart === undefined) {
    room.replaceChildren(...fresh.childNodes)
    return
  }
  const nodes: readonly Node[] = [...fresh.childNodes]
  const at = nodes.indexOf(counterpart)
  for (const node of [...room.childNodes]) if (node !== held) node.remove()
  held.before(...nodes.slice(0, at))
  held.after(...nodes.slice(at + 1))
  renewAround(held, counterpart, keep, twin)
}
