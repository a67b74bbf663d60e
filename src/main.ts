import { fileURLToPath } from 'node:url'
import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import { buildApp } from './app.js'
import { bindableFields, CATALOG } from './catalog/catalog.js'
import { shortSecrets } from './config/secrets.js'
import { type Config, type Environment, loadConfig } from './config.js'
import { createEngine } from './engine.js'
import { readExplorer } from './http/explorer-files.js'
import { createLogger } from './http/request-log.js'
import { startFaults } from './http/start-faults.js'
import { openTeams } from './teams/teams.js'
import { createMetrics } from './telemetry/metrics.js'
import type { Tracing } from './telemetry/tracing.js'

/** Beyond the longest question, so that only a stuck one meets the hard stop. */
const STOP_GRACE_MS = 5_000

/** Listens until a signal. Then questions under way finish and the process ends; a second signal, or the hard stop, ends it at once. */
const serve = async (config: Config, env: Environment): Promise<void> => {
  // Keys of tokens are secrets too, and come with the file.
  let secretsOfTokens: () => readonly string[] = () => []
  const logger = createLogger(config, undefined, () => secretsOfTokens())
  const metrics = createMetrics({ process: true })
  const teams = openTeams(config, {
    env,
    onReload: (reloaded) => {
      metrics.tokensRead(reloaded.ok, Date.now())
      if (reloaded.ok) logger.info({ tokens: reloaded.tokens }, 'TOKENS_FILE was read again')
      else
        logger.error(
          { faults: reloaded.faults },
          'TOKENS_FILE was changed and cannot be used: the tokens known before stay good',
        )
    },
  })
  secretsOfTokens = teams.secrets
  if (config.tokensFile !== null) metrics.tokensRead(true, Date.now())
  const onRedis = (up: boolean, reason: string) => {
    if (up) logger.info({ reason }, 'Redis is there')
    else logger.warn({ reason }, 'Redis is left alone for a while: this replica answers without it')
  }
  const short = shortSecrets(config)
  if (short.length > 0) logger.warn({ short }, 'some secrets are short: use 16 random characters or more')
  const explorer = readExplorer(fileURLToPath(new URL('explorer', import.meta.url)))
  const tracing = await tracingOf(config, logger)
  const engine = createEngine(config, { onRedis, observe: metrics.observer })
  const app = buildApp(config, { engine, logger, explorer, teams, metrics, tracing })
  // close-with-grace changes its listeners at the first signal. Where that removes the last one, Node drops a signal that
  // has arrived and not been told yet: one that stays keeps the second.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM']) process.on(signal, () => undefined)
  const hardStop = () => logger.fatal('stopping by force: a question did not finish in time')
  closeWithGrace(
    {
      delay: config.requestTimeoutMs + STOP_GRACE_MS,
      logger: false,
      onTimeout: hardStop,
      // A fatal line is written at once, and with it all that waited.
      onSecondSignal: (signal) =>
        logger.fatal({ signal }, 'stopping by force: a second signal came before questions had finished'),
      onSecondError: (err) => logger.fatal({ err }, 'stopping by force: another fault came while the process stopped'),
    },
    async ({ signal, err }) => {
      if (err === undefined) logger.info({ signal }, 'stopping: questions under way finish first')
      else logger.fatal({ err }, 'stopping after a fault')
      await app.close()
      logger.info('stopped')
    },
  )
  await app.listen({ host: config.host, port: config.port })
}

/** Loaded only where it is configured: it would take a good part of the time that a start takes. */
const tracingOf = async ({ tracing }: Config, logger: Logger): Promise<Tracing | null> => {
  if (tracing === null) return null
  const { startTracing } = await import('./telemetry/otlp.js')
  const onFailure = (reason: string, batches: number) =>
    logger.warn({ reason, batches }, 'the collector of traces takes none: they are dropped')
  return startTracing(tracing, { onFailure })
}

try {
  await serve(loadConfig(process.env, bindableFields(CATALOG)), process.env)
} catch (error) {
  for (const line of startFaults(error)) process.stderr.write(`portkey-metrics-proxy: ${line}\n`)
  process.exit(1)
}
