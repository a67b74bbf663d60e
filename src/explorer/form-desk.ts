import type { Catalogue, Datasource } from './catalogue.js'
import type { Draft } from './question.js'
import type { Service } from './service.js'

/** What the parts of the form share. */
export type Desk = {
  readonly catalogue: Catalogue
  readonly service: Service
  readonly draft: () => Draft
  /** The catalogue's entry of the draft's datasource. */
  readonly datasource: () => Datasource
  /** Takes a change that needs no other controls. */
  readonly change: (parts: Partial<Draft>) => void
  /** Takes a change after which other controls are needed; the one of the id `focus` gets the focus, else it stays where it is. */
  readonly rebuild: (parts: Partial<Draft>, focus?: string) => void
}

/** The list with one item replaced; `null` takes it out. */
export const replaced = <Item>(items: readonly Item[], at: number, item: Item | null): readonly Item[] =>
  items.flatMap((old, index) => (index !== at ? [old] : item === null ? [] : [item]))
