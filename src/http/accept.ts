import type { Format } from '../cache/replies.js'

/**
 * In which format a caller wants an answer, by its `accept` header (RFC 9110, 12.5.1). CSV only where it is liked better than JSON;
 * JSON is the answer also to a caller who takes neither: it can be read by people, and an error would be no more welcome.
 */
export const formatOf = (accept: string | undefined): Format => {
  // Nobody comes to like CSV better without a word of it or of a quality.
  if (accept === undefined || !/text\/|;/i.test(accept)) return 'json'
  const ranges = accept.split(',').map(rangeOf)
  return qualityOf(ranges, CSV) > qualityOf(ranges, JSON_NAMES) ? 'csv' : 'json'
}

/** The ranges that take a type in, the closest first. */
const CSV = ['text/csv', 'text/*', '*/*']
const JSON_NAMES = ['application/json', 'application/*', '*/*']

type Range = { readonly name: string; readonly quality: number }

/** Parameters but `q` say nothing that would change what is sent. A quality that is none takes nothing. */
const rangeOf = (text: string): Range => {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.map((parameter) => /^q\s*=\s*(.*)$/.exec(parameter)?.[1]).find((q) => q !== undefined)
  return { name, quality: quality === undefined ? 1 : /^(0(\.\d*)?|1(\.0*)?)$/.test(quality) ? Number(quality) : 0 }
}

/** Of the closest range; the best where it is named more than once, 0 where none takes the type in. */
const qualityOf = (ranges: readonly Range[], names: readonly string[]): number => {
  const closest = names.find((name) => ranges.some((range) => range.name === name))
  return Math.max(0, ...ranges.filter((range) => range.name === closest).map(({ quality }) => quality))
}
