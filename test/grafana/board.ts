import type { Dashboard, Panel } from '@grafana/schema'
import type { TrafficRow } from '../../src/emulator/emulator.js'
import type { Frame } from './infinity.js'
import { grafana, lastHours } from './panel.js'

/** The panels that ask something. */
export const panelsOf = ({ panels = [] }: Dashboard): readonly Panel[] =>
  panels.flatMap((panel) => ('targets' in panel ? [panel] : []))

/** A variable by its name. Throws where there is none. */
export const variableOf = ({ templating }: Dashboard, name: string) => {
  const variable = templating?.list?.find((one) => one.name === name)
  if (variable === undefined) throw new Error(`the dashboard has no variable ${name}`)
  return variable
}

/** What stands in the variables at first, and after somebody chose. */
export const chosen = (dashboard: Dashboard, interval: string) => {
  const all = (name: string) => ({ all: String(variableOf(dashboard, name).allValue) })
  const range = lastHours(24)
  const common = { interval, __from: range.from, __to: range.to, __timezone: 'Europe/Berlin' }
  return [
    { name: 'all', held: { ...common, modelName: all('modelName'), team: all('team') }, keeps: () => true },
    {
      name: 'two models, one team',
      held: { ...common, modelName: ['gpt-4o', 'gpt-4o-mini'], team: ['growth, emea'] },
      keeps: ({ model, metadata }: TrafficRow) =>
        (model === 'gpt-4o' || model === 'gpt-4o-mini') && metadata.team === 'growth, emea',
    },
  ]
}

/** The first number of the first field of numbers. */
export const numberIn = (frames: readonly Frame[]): number => {
  const [field] = frames.flatMap((frame) => frame.fields.filter(({ type }) => type === grafana.FieldType.number))
  return Number(field?.values[0])
}
