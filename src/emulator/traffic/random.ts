/** A source of numbers in [0, 1). */
export type Random = () => number

/**
 * A seeded generator (the public-domain sfc32): equal `(seed, stream)` give equal sequences, and different streams of one
 * seed are independent, so that every minute can be generated on its own.
 */
export function createRandom(seed: number, stream: number): Random {
  let a = Math.imul(seed, 0x9e3779b1) | 0
  let b = Math.imul(stream, 0x85ebca6b) | 0
  let c = (seed ^ stream) | 0
  let counter = 1
  const next = (): number => {
    const mixed = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + mixed) | 0
    return (mixed >>> 0) / 4294967296
  }
  // The first draws still show the seed's pattern.
  for (let round = 0; round < 12; round++) next()
  return next
}

/** An integer in [low, high], both included. */
export function integer(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

/** A draw from the standard normal distribution (Box–Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** A count with the given mean: Poisson, by the normal approximation where the mean is large. */
export function poisson(random: Random, mean: number): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)))
  const limit = Math.exp(-mean)
  let product = random()
  let count = 0
  while (product > limit) {
    product *= random()
    count++
  }
  return count
}

/** Turns a draw in [0, 1) into one of the choices, each as likely as its weight. Throws on no choices. */
export function weighted<T>(choices: readonly (readonly [T, number])[]): (draw: number) => T {
  const first = choices[0]
  if (first === undefined) throw new Error('weighted needs at least one choice')
  const total = choices.reduce((sum, [, weight]) => sum + weight, 0)
  return (draw) => {
    let left = draw * total
    for (const [choice, weight] of choices) {
      left -= weight
      if (left < 0) return choice
    }
    return first[0]
  }
}

/** `bytes` random bytes as lower-case hex. */
export function hex(random: Random, bytes: number): string {
  let text = ''
  for (let at = 0; at < bytes; at += 4) {
    const word = Math.floor(random() * 4294967296).toString(16)
    text += word.padStart(8, '0')
  }
  return text.slice(0, bytes * 2)
}
