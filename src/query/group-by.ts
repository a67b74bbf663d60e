import { USER_KEY, userEmail } from '../catalog/subjects.js'
import { at, type Faults } from './faults.js'
import { metadataKeyFault, type Named, refOf, resolveName, responseKeyOf, type Tables, unknownName } from './fields.js'
import { LIMITS } from './limits.js'
import { readArray } from './object.js'
import type { FieldRef } from './query.js'
import { quote } from './wording.js'

type Group = {
  readonly ref: FieldRef
  readonly id: string
  readonly responseKey: string
  readonly asked: string
  readonly isUser: boolean
}

/** `groupBy` of a body, in the order asked, doubles removed. Without tables only the shape is checked. */
export function parseGroupBy(value: unknown, tables: Tables | undefined, faults: Faults): readonly FieldRef[] {
  const path = at('', 'groupBy')
  const groups: Group[] = []
  for (const [index, item] of (readArray(value, LIMITS.groupBy, path, faults) ?? []).entries()) {
    const group = parseGroup(item, tables, at(path, index), faults)
    if (group === undefined || groups.some((other) => other.id === group.id)) continue
    const clash = groups.find((other) => clashes(other, group))
    if (clash === undefined) groups.push(group)
    else {
      const both = `${quote(clash.asked)} and ${quote(group.asked)}`
      faults.report(
        at(path, index),
        'VALIDATION_FAILED',
        `${both} cannot stand in one groupBy: ${reason(clash, group)}`,
      )
    }
  }
  return groups.map((group) => group.ref)
}

function parseGroup(item: unknown, tables: Tables | undefined, path: string, faults: Faults): Group | undefined {
  if (typeof item !== 'string') {
    faults.report(path, 'VALIDATION_FAILED', `A group is a field's name; found ${quote(item)}.`)
    return undefined
  }
  if (tables === undefined) return undefined
  const named = resolveName(tables, item)
  if (named.kind === 'unknown' || (named.kind === 'field' && named.entry.groupable === 'no')) {
    faults.report(path, 'UNSUPPORTED_FIELD', unknownName(tables, item, 'groupBy'))
    return undefined
  }
  const fault = named.kind === 'metadata' ? metadataKeyFault(named.key) : null
  if (fault !== null) faults.report(path, 'VALIDATION_FAILED', fault)
  return groupOf(named, item)
}

function groupOf(named: Exclude<Named, { kind: 'unknown' }>, asked: string): Group {
  const ref = refOf(named)
  return { ref, id: JSON.stringify(ref), responseKey: responseKeyOf(named), asked, isUser: isUser(named) }
}

function clashes(one: Group, other: Group): boolean {
  return one.responseKey === other.responseKey || (one.isUser && other.isUser)
}

/** Who asked, by either name; a `userEmail` that is bound to another key is somebody else's. */
function isUser(named: Exclude<Named, { kind: 'unknown' }>): boolean {
  if (named.kind === 'metadata') return named.key === USER_KEY
  const { name, source } = named.entry
  return name === userEmail.name && source.kind === 'metadata' && source.key === USER_KEY
}

function reason(clash: Group, group: Group): string {
  return clash.responseKey === group.responseKey
    ? `both answer under the key ${quote(group.responseKey)}. Group by one of them.`
    : 'they are the same values. Group by one of them.'
}
