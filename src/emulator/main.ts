import { createEmulator, ORGANISATION_KEY, type Profile, WORKSPACE_KEY } from './emulator.js'

/**
 * Runs the emulator alone: EMULATOR_PORT (default 8790), EMULATOR_PROFILE (live), EMULATOR_DAYS (35), EMULATOR_SEED (1).
 * Prints where it is and which keys it takes.
 */
const emulator = createEmulator({
  seed: numberOf('EMULATOR_SEED', 1),
  historyDays: numberOf('EMULATOR_DAYS', 35),
  profile: profileOf(process.env.EMULATOR_PROFILE),
})

const baseUrl = await emulator.listen(numberOf('EMULATOR_PORT', 8790))
process.stdout.write(`Portkey emulator: ${baseUrl}
  workspace key:    ${WORKSPACE_KEY}
  organisation key: ${ORGANISATION_KEY}
`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulator.close())

function numberOf(name: string, otherwise: number): number {
  const text = process.env[name]
  if (text === undefined || text === '') return otherwise
  const value = Number(text)
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name} must be a number from 0, not "${text}"`)
  return value
}

function profileOf(text: string | undefined): Profile {
  if (text === undefined || text === '') return 'live'
  if (text === 'live' || text === 'documented') return text
  throw new Error(`EMULATOR_PROFILE must be live or documented, not "${text}"`)
}
