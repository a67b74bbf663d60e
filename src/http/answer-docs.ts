const text = (description: string) => ({ type: 'string', description })

/** What every reply that rests on upstream calls says about itself, for the documents. */
export const answerHeaders = {
  'x-upstream-calls': {
    type: 'integer',
    description: 'Requests sent to Portkey for this reply, retries included.',
  },
  'x-cache': {
    type: 'string',
    enum: ['hit', 'partial', 'miss', 'stale'],
    description:
      '`hit`: no upstream call was needed. `partial`: some parts were held. `miss`: none was. `stale`: expired parts stand in, as the upstream failed.',
  },
  age: { type: 'integer', description: 'Seconds since the oldest part was fetched.' },
  warning: text('`110 - "Response is Stale"`, with `x-cache: stale` alone.'),
  'server-timing': text('Milliseconds spent to plan, to ask upstream and to shape the rows.'),
}

/** The header of answers to questions beside those. */
export const settledHeader = {
  'x-settled-until': text('Data before this instant (ISO 8601) does not change any more.'),
}
