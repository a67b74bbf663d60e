import { type TSchema, Type } from '@sinclair/typebox'
import { commonHeaders, errorResponses } from './error-docs.js'

const answers = <Schema extends TSchema>(description: string, schema: Schema) => ({
  200: { description, headers: commonHeaders, content: { 'application/json': { schema } } },
})

/** For the documents, and for the compiler: what a route replies must be what they say. */
export const healthDocs = {
  tags: ['process'],
  summary: 'Is the process up?',
  security: [],
  response: answers('It is.', Type.Object({ status: Type.Literal('ok') })),
}

/** For the documents, and for the compiler: what a route replies must be what they say. */
export const readyDocs = {
  tags: ['process'],
  summary: 'Can questions be answered?',
  description:
    'Asks Portkey with the configured key, at most once in 5 seconds. Where callers bring their own keys and none is configured, ready means that Portkey answers at all.',
  security: [],
  response: {
    ...answers('They can.', Type.Object({ status: Type.Literal('ready') })),
    ...errorResponses(['UPSTREAM_UNAVAILABLE', 'SHUTTING_DOWN']),
  },
}

/** For the documents, and for the compiler: what a route replies must be what they say. */
export const versionDocs = {
  tags: ['process'],
  summary: 'What runs here?',
  security: [],
  response: answers('Name and version.', Type.Object({ name: Type.String(), version: Type.String() })),
}
