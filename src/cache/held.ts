import type { Answer } from '../portkey/answer.js'
import type { GroupColumn } from '../portkey/call.js'

/** An upstream answer and the moment, epoch ms, at which it was asked for: whether it is still good is judged when it is read. */
export type Held = { readonly answer: Answer; readonly fetchedAt: number }

/** An answer that was asked for with these columns. */
export type Variant = Held & { readonly columns: readonly GroupColumn[] }
