import type { Test } from 'tap'
import type { Held } from '../../src/cache/held.js'
import { createSecondLevel, type SecondLevel } from '../../src/cache/second-level.js'

/** What a second level said of its state, oldest first. */
export type States = { readonly up: boolean; readonly reason: string }[]

export type Opened = {
  readonly level: SecondLevel
  readonly states: States
  /** Resolves once its state is `up`, which it may be already. */
  readonly until: (up: boolean) => Promise<void>
}

/** A second level with short pauses, which ends with the test. Its budget is long: a busy machine is no failure here. */
export function openLevel(t: Test, url: string, options: Parameters<typeof createSecondLevel>[1] = {}): Opened {
  const states: States = []
  const waiting = new Set<() => void>()
  const level = createSecondLevel(url, {
    budgetMs: 2_000,
    pauseMs: 20,
    longestPauseMs: 100,
    onState: (up, reason) => {
      states.push({ up, reason })
      for (const check of waiting) check()
    },
    ...options,
  })
  t.teardown(() => level.close())
  const until = (up: boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (states.at(-1)?.up !== up) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
    })
  return { level, states, until }
}

/** One that is up. */
export async function openUp(t: Test, url: string): Promise<Opened> {
  const opened = openLevel(t, url)
  await opened.until(true)
  return opened
}

/** An answer of some size whose figures tell which one it is. */
export function heldOf(figure: number, rows = 3): Held {
  const values = Array.from({ length: rows }, (_, i) => `model-${i}`)
  return {
    fetchedAt: 1_750_000_000_000 + figure,
    answer: {
      kind: 'listing',
      values,
      fields: { requests: values.map((_, i) => figure + i), cost: values.map(() => null) },
    },
  }
}

export const DAY = 86_400_000
/** Of a question that nobody cancels. */
export const never = new AbortController().signal

/** Resolves once `check` holds; the test's own timeout ends a wait for nothing. */
export async function eventually(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** A flight that lands when it is told to, and counts how often it was begun. */
export function gatedLoad() {
  let begun = 0
  let open = (_: Held) => {}
  let fail = (_: Error) => {}
  const landed = new Promise<Held>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  landed.catch(() => {})
  const load = () => {
    begun += 1
    return landed
  }
  return { load, begun: () => begun, open: (held: Held) => open(held), fail: (error: Error) => fail(error) }
}
