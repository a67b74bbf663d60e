/** How callers prove who they are, by the service's `AUTH_MODE`. */
export const AUTH_MODES = ['token', 'passthrough', 'none'] as const
export type AuthMode = (typeof AUTH_MODES)[number]

/** The line that asks a body from a POSIX shell. A credential is never in it: the shell's own variable is. */
export const curlOf = (url: string, body: unknown, authMode: AuthMode): string =>
  [
    `curl -s ${quoted(url)}`,
    ...credentialOf(authMode),
    `  -H 'content-type: application/json'`,
    `  -d ${quoted(JSON.stringify(body))}`,
  ].join(' \\\n')

const credentialOf = (authMode: AuthMode): readonly string[] => {
  switch (authMode) {
    case 'token':
      return ['  -H "authorization: Bearer $TOKEN"']
    case 'passthrough':
      return ['  -H "x-portkey-api-key: $PORTKEY_API_KEY"']
    case 'none':
      return []
  }
}

/** Within single quotes a shell takes all but the quote as it is. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
