import { infinityDashboard } from './infinity.js'
import { jsonDashboard } from './json.js'

/** Where the dashboards lie, and what is written there by `npm run docs`. */
export const DASHBOARD_FILES: Readonly<Record<string, string>> = {
  'deploy/grafana/dashboards/portkey-json.json': `${JSON.stringify(jsonDashboard, null, 2)}\n`,
  'deploy/grafana/dashboards/portkey-infinity.json': `${JSON.stringify(infinityDashboard, null, 2)}\n`,
}
