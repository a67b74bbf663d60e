/** What a dashboard's variables hold: a text, several values, or all of them with what stands for all. */
export type Held = Readonly<Record<string, string | readonly string[] | { readonly all: string }>>

const VARIABLE = /\$(\w+)|\$\{(\w+)(?::(\w+(?::\w+)?))?\}/g

/** Fills variables into a text as Grafana does: in the variable's own format, else in the given one. What stands for all is put in as it is. */
export function fillIn(text: string, held: Held, usual: 'json' | 'glob' | 'regex' = 'glob'): string {
  return text.replace(VARIABLE, (whole, plain: string | undefined, braced: string | undefined, format = usual) => {
    const value = held[plain ?? braced ?? '']
    if (value === undefined) return whole
    if (typeof value === 'object' && 'all' in value) return value.all
    return formatted(value, format)
  })
}

function formatted(value: string | readonly string[], format: string): string {
  switch (format) {
    case 'json':
      return typeof value === 'string' ? value : JSON.stringify(value)
    case 'doublequote':
      return [value]
        .flat()
        .map((one) => `"${one.replaceAll('"', '\\"')}"`)
        .join(',')
    case 'csv':
      return typeof value === 'string' ? value : value.join(',')
    case 'regex': {
      const escaped = [value].flat().map((one) => one.replace(/[\\^$*+?.()|[\]{}/-]/g, '\\$&'))
      return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`
    }
    default:
      return typeof value === 'string' || value.length === 1 ? [value].flat().join() : `{${value.join(',')}}`
  }
}

/**
 * A payload of the code editor as the plugin fills it in: a filled-in text loses the quotes of its own, for it stands within some. What is no
 * JSON then comes to nothing, without a word.
 */
export function fillInPayload(text: string, held: Held): unknown {
  try {
    return JSON.parse(
      text.replace(VARIABLE, (match) => {
        const filled = fillIn(match, held, 'json')
        return filled.startsWith('"') && filled.endsWith('"') ? String(JSON.parse(filled)) : filled
      }),
    )
  } catch {
    return {}
  }
}
