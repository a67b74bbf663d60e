import { soak } from './soak.js'
import { tables } from './tables.js'

const print = (line: string) => process.stdout.write(`${line}\n`)

/** `--soak [minutes]` runs the soak alone, ten minutes unless told; it fails when its verdict is no. Without it: all tables. */
const soakAt = process.argv.indexOf('--soak')
if (soakAt < 0) await tables(print)
else if (!(await soak(minutesOf(process.argv[soakAt + 1]), print))) process.exitCode = 1

function minutesOf(text: string | undefined): number {
  const minutes = text === undefined ? 10 : Number(text)
  if (minutes > 0 && minutes <= 1440) return minutes
  throw new Error(`--soak takes minutes above 0, not "${text}"`)
}
