import type { Finding } from '../plan/capabilities.js'

/** What a run met that its plan did not assume. Not a failure: the question is planned again with what was found. */
export class Found extends Error {
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[]) {
    super(`the plan assumed otherwise: ${findings.map((finding) => finding.kind).join(', ')}`)
    this.name = 'Found'
    this.findings = findings
  }
}

/**
 * Waits for all, so that one run learns as much as it can, and throws everything that was found as one. Any other failure is
 * thrown at once.
 */
export async function together<Values extends readonly unknown[] | []>(
  promises: Values,
): Promise<{ -readonly [Index in keyof Values]: Awaited<Values[Index]> }> {
  const findings: Finding[] = []
  // What others find matters only once one has failed, and is then thrown instead of any value.
  await Promise.all(
    promises.map((promise) =>
      Promise.resolve(promise).catch((error: unknown) => {
        if (!(error instanceof Found)) throw error
        findings.push(...error.findings)
      }),
    ),
  )
  if (findings.length > 0) throw new Found(findings)
  return Promise.all(promises)
}
