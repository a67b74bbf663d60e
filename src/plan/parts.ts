import type { Check, Plan } from './plan.js'

/** A plan inside another: what it is there for, when it runs, and how often. */
export type Part = {
  /** What it is to the node around it; `null` where all parts are alike. */
  readonly as: string | null
  readonly plan: Plan
  /** The condition in words under which alone it runs; `null`: always. Prices leave out what is not expected to run. */
  readonly when: string | null
  /**
   * The slot that is bound anew for each run, and how many runs are expected; `listed`: the values are yet to be listed, so there may
   * be no run at all. `null`: it runs once.
   */
  readonly repeated: { readonly slot: string; readonly runs: number; readonly listed: boolean } | null
}

/** The parts of a node, in the order in which they are begun. Every walk over a plan goes by this list (`walk.ts`). */
export function partsOf(plan: Plan): readonly Part[] {
  switch (plan.op) {
    case 'call':
    case 'empty':
      return []
    case 'merge':
    case 'add':
      return plan.parts.map((part) => always(null, part))
    case 'minus':
      return [always('whole', plan.whole), always('part', plan.part)]
    case 'subtract':
      return [
        always('listing', plan.listing),
        checked(plan.check),
        always('part', plan.part),
        ...(plan.whole === null ? [] : [wholeOf(plan.whole, plan.own, plan.group.label)]),
        ...(plan.alone === null ? [] : [aloneOf(plan.alone, plan.group.label)]),
      ]
    case 'each': {
      const { source } = plan
      const listed = source.kind === 'listing'
      const runs = listed ? (plan.expected ?? 1) : source.items.length
      return [
        ...(listed ? [always('over', source.of)] : []),
        ...(plan.check === null ? [] : [checked(plan.check)]),
        {
          as: 'body',
          plan: plan.body,
          when: null,
          repeated: { slot: plan.slot, runs: ONE_RUN.includes(plan.how.kind) ? 1 : runs, listed },
        },
      ]
    }
    case 'pair': {
      const doubted = plan.source.kind === 'known' ? null : 'if a value cannot travel'
      return [
        ...(plan.source.kind === 'listing' ? [always('over', plan.source.of)] : []),
        always('body', plan.body),
        { ...always('own listing', plan.proof.own), when: doubted },
        { ...always('requests of the pairs', plan.proof.asked), when: doubted },
      ]
    }
    case 'rebucket':
    case 'keep':
    case 'fold':
    case 'spread':
      return [always(null, plan.of)]
    case 'balance':
      return [always('rows', plan.of), always('total', plan.total)]
    case 'guard':
      return [always('listing', plan.listing), always('body', plan.of), checked(plan.check)]
  }
}

function always(as: Part['as'], plan: Plan): Part {
  return { as, plan, when: null, repeated: null }
}

const ONE_RUN: readonly string[] = ['together', 'unless']

/** A listing of a kind that is known to show what it does not attribute is doubted only when it is empty. */
function checked({ plan, trusted }: Check): Part {
  return { ...always('check', plan), when: trusted ? 'if the listing is empty' : null }
}

/** Where nothing has a value, what has none is everything. */
function aloneOf(plan: Plan, label: string): Part {
  return { ...always('whole', plan), when: `if no request has ${label}` }
}

/** A `''` row of the group's own listing needs no subtraction. */
function wholeOf(plan: Plan, own: boolean, label: string): Part {
  return { ...always('whole', plan), when: own ? `if requests without ${label} are in no row` : null }
}
