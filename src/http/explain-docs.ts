import { Type } from '@sinclair/typebox'

/** The query parameters of a question, for the documents. */
export const explainParameters = Type.Object({
  explain: Type.Optional(
    Type.String({
      enum: ['true', 'analyze'],
      description:
        '`true`: not the answer but its plan, priced by what is learnt of the deployment so far; nothing is asked of Portkey. ' +
        '`analyze`: the answer, its plan, and how each part of it went.',
    }),
  ),
})

const filter = Type.Object(
  {
    on: Type.String({ description: 'Portkey’s dimension or range.' }),
    values: Type.Optional(Type.Array(Type.String(), { description: 'Any of these.' })),
    slot: Type.Optional(Type.String({ description: 'What the node around it named so binds while running.' })),
    min: Type.Optional(Type.String({ description: 'Included.' })),
    max: Type.Optional(Type.String({ description: 'Included.' })),
  },
  { additionalProperties: false },
)

const actual = Type.Object(
  {
    calls: Type.Integer({ description: 'Requests sent to Portkey, its parts’ included.' }),
    rows: Type.Integer({ description: 'Rows it yielded.' }),
    ms: Type.Number({ description: 'Milliseconds; runs at the same time each count whole.' }),
    runs: Type.Integer({ description: 'How often it ran: 0 if it was not needed, more than once inside an `each`.' }),
    cached: Type.Boolean({ description: 'All answers it asked for were held already.' }),
  },
  { additionalProperties: false, description: 'With `analyze`: what happened, summed over its runs.' },
)

const node = Type.Object(
  {
    op: Type.String({
      enum: [
        ...['call', 'merge', 'add', 'minus', 'subtract', 'each', 'pair'],
        ...['rebucket', 'keep', 'fold', 'spread', 'guard', 'empty'],
      ],
    }),
    as: Type.Optional(Type.String({ description: 'What it is to the node around it.' })),
    when: Type.Optional(
      Type.String({ description: 'The condition under which alone it runs; then it is not in `estimatedCalls`.' }),
    ),
    does: Type.String({ description: 'What it does, in words. May change.' }),
    endpoint: Type.Optional(Type.String({ description: 'Of a call: Portkey’s endpoint, as `groups/model`.' })),
    window: Type.Optional(
      Type.Object(
        { start: Type.String({ format: 'date-time' }), end: Type.String({ format: 'date-time' }) },
        { additionalProperties: false, description: 'Of a call: its start is in it, its end is not.' },
      ),
    ),
    filters: Type.Optional(Type.Array(filter, { description: 'Of a call: all hold.' })),
    columns: Type.Optional(Type.Array(Type.String(), { description: 'Of a call: the opt-in columns asked for.' })),
    exactness: Type.String({ description: '`exact`, or `exact if` and a condition that the run checks.' }),
    estimatedCalls: Type.Integer({ description: 'Expected calls, its parts’ included.' }),
    shared: Type.Optional(
      Type.Literal(true, { description: 'An equal call stands above: asked once and counted there.' }),
    ),
    actual: Type.Optional(actual),
    parts: Type.Array(Type.Object({}, { description: 'A node like this one.' })),
  },
  { additionalProperties: false, description: 'The plan: a tree of nodes.' },
)

/** What `?explain` adds to a reply, for the documents. */
export const explainFields = {
  plan: node,
  text: Type.String({ description: 'The plan as indented text, one node a line. May change.' }),
  estimatedCalls: Type.Integer({ description: 'Calls of Portkey that the plan is expected to take.' }),
}

/** What `?explain=analyze` adds beside that. */
export const analyzeFields = {
  upstreamCalls: Type.Integer({ description: 'Requests sent to Portkey, those of plans given up included.' }),
  repairs: Type.Array(Type.String(), { description: 'Why other plans were given up on the way, in words.' }),
}
