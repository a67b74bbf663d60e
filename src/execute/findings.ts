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
export async function together<Value>(promises: readonly Promise<Value>[]): Promise<readonly Value[]> {
  const findings: Finding[] = []
  const settled = await Promise.all(
    promises.map((promise) =>
      promise.then(
        (value) => [value],
        (error: unknown) => {
          if (!(error instanceof Found)) throw error
          findings.push(...error.findings)
          return []
        },
      ),
    ),
  )
  if (findings.length > 0) throw new Found(findings)
  return settled.flat()
}
