import type { Answer } from '../portkey/answer.js'

/** An upstream answer and the moment, epoch ms, at which it was asked for: whether it is still good is judged when it is read. */
export type Held = { readonly answer: Answer; readonly fetchedAt: number }
