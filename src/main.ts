import { fileURLToPath } from 'node:url'
import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.js'
import { bindableFields } from './catalog/catalog.js'
import { type Config, type Environment, loadConfig } from './config.js'
import { createEngine } from './engine.js'
import { readExplorer } from './http/explorer-files.js'
import { createLogger } from './http/request-log.js'
import { startFaults } from './http/start-faults.js'
import { openTeams } from './teams/teams.js'

/** Beyond the longest question, so that only a stuck one meets the hard stop. */
const STOP_GRACE_MS = 5_000

/** Listens until a signal. Then questions under way finish and the process ends; a second signal, or the hard stop, ends it at once. */
const serve = async (config: Config, env: Environment): Promise<void> => {
  const logger = createLogger(config)
  const teams = openTeams(config, {
    env,
    onReload: (reloaded) => {
      if (reloaded.ok) logger.info({ tokens: reloaded.tokens }, 'TOKENS_FILE was read again')
      else
        logger.error(
          { faults: reloaded.faults },
          'TOKENS_FILE was changed and cannot be used: the tokens known before stay good',
        )
    },
  })
  const onRedis = (up: boolean, reason: string) => {
    if (up) logger.info({ reason }, 'Redis is there')
    else logger.warn({ reason }, 'Redis is left alone for a while: this replica answers without it')
  }
  const explorer = readExplorer(fileURLToPath(new URL('explorer', import.meta.url)))
  const app = buildApp(config, { engine: createEngine(config, { onRedis }), logger, explorer, teams })
  const hardStop = () => logger.fatal('stopping by force: a question did not finish in time')
  const options = { delay: config.requestTimeoutMs + STOP_GRACE_MS, logger: false, onTimeout: hardStop } as const
  closeWithGrace(options, async ({ signal, err }) => {
    if (err === undefined) logger.info({ signal }, 'stopping: questions under way finish first')
    else logger.fatal({ err }, 'stopping after a fault')
    await app.close()
    logger.info('stopped')
  })
  await app.listen({ host: config.host, port: config.port })
}

try {
  await serve(loadConfig(process.env, bindableFields()), process.env)
} catch (error) {
  for (const line of startFaults(error)) process.stderr.write(`portkey-metrics-proxy: ${line}\n`)
  process.exit(1)
}
