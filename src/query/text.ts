/** Why a text cannot be part of a question, or `null` if it can. Lengths are in UTF-16 code units. */
export function textFault(text: string, longest: number): string | null {
  if (text.length > longest) return `It is ${text.length} characters long; at most ${longest} are taken.`
  // A lone surrogate has no UTF-8 form, so it cannot travel in a URL.
  if (/\p{Surrogate}/u.test(text)) return 'It holds half of a surrogate pair, which is not valid Unicode.'
  if (text.includes('\0')) return 'It holds a NUL character.'
  return null
}
