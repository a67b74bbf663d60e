import { dirname } from 'node:path'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { settingsOf } from '../../src/config/read.js'
import { SETTINGS } from '../../src/config/table.js'
import { loadConfig } from '../../src/config.js'
import { VERSION } from '../../src/version.js'
import { serve } from '../http/harness.js'
import { amount, deployed, YAML_FILES } from './files.js'

const read = (path: string) => parse(deployed(path))
const all = (path: string) => parseAllDocuments(deployed(path)).map((document) => document.toJS())
const KNOWN: readonly string[] = settingsOf(SETTINGS).map(([name]) => name)

const kustomization = read('kubernetes/kustomization.yaml')
const deployment = read('kubernetes/deployment.yaml')
const secrets = all('kubernetes/secret.example.yaml')
const redis = all('redis/redis.yaml')
const pod = deployment.spec.template.spec
const [container] = pod.containers

/** The settings that kustomize makes a ConfigMap of. */
const literals: Readonly<Record<string, string>> = Object.fromEntries(
  kustomization.configMapGenerator[0].literals.map((pair: string) => [
    pair.slice(0, pair.indexOf('=')),
    pair.slice(pair.indexOf('=') + 1),
  ]),
)

t.test('two replicas, one of them always there', async (t) => {
  t.equal(deployment.spec.replicas, 2)
  t.equal(deployment.spec.strategy.rollingUpdate.maxUnavailable, 0)
  t.equal(read('kubernetes/disruption-budget.yaml').spec.minAvailable, 1)
  t.equal(pod.topologySpreadConstraints[0].topologyKey, 'kubernetes.io/hostname')
})

t.test('the image is this version’s', async (t) => {
  t.equal(container.image, `portkey-metrics-proxy:${VERSION}`)
  t.strictSame(kustomization.images, [{ name: 'portkey-metrics-proxy', newTag: VERSION }])
})

t.test('every variable is a setting, and together they are a good configuration', async (t) => {
  const fromSecrets: Record<string, string> = {}
  for (const { name, value, valueFrom } of container.env) {
    t.equal(value, undefined, `${name} is a secret: no literal`)
    const secret = secrets.find(({ metadata }) => metadata.name === valueFrom.secretKeyRef.name)
    fromSecrets[name] = secret.stringData[valueFrom.secretKeyRef.key]
  }
  const environment = { ...literals, ...fromSecrets }
  t.strictSame(
    Object.keys(environment).filter((name) => !KNOWN.includes(name)),
    [],
  )
  t.strictSame(container.envFrom, [{ configMapRef: { name: kustomization.configMapGenerator[0].name } }])
  t.notMatch(Object.keys(literals).join(), /KEY|API_TOKENS|REDIS_URL|PASSWORD|HEADERS/, 'no secret in the ConfigMap')
  const config = loadConfig(environment)
  const seconds = config.requestTimeoutMs / 1_000 + 5 + Number(container.lifecycle.preStop.exec.command[1])
  t.ok(pod.terminationGracePeriodSeconds > seconds, 'a stop is waited for')
  t.ok(amount(container.resources.limits.memory) > 2 * config.cacheMaxMb * 1_048_576, 'what is held has room')
  const [mount] = container.volumeMounts
  t.equal(dirname(environment.TOKENS_FILE ?? ''), mount.mountPath)
  t.equal(mount.subPath, undefined, 'a mounted folder is updated, a mounted file is not')
  const { secretName } = pod.volumes.find(({ name }: { name: string }) => name === mount.name).secret
  const tokens = secrets.find(({ metadata }) => metadata.name === secretName)
  t.ok((environment.TOKENS_FILE ?? '').endsWith(`/${Object.keys(tokens.stringData)[0]}`))
})

t.test('the example of the secrets holds no secret', async (t) => {
  for (const { kind, data, stringData } of secrets) {
    t.equal(kind, 'Secret')
    t.equal(data, undefined)
    for (const [name, value] of Object.entries(stringData)) t.match(value, 'FILL-IN', name)
  }
  t.notOk(
    kustomization.resources.some((path: string) => path.includes('secret')),
    'nor is it ever applied as it is',
  )
})

t.test('probes ask routes that there are, on the port that is listened on', async (t) => {
  const { url } = await serve(t)
  for (const [probe, path] of [
    ['startupProbe', '/healthz'],
    ['livenessProbe', '/healthz'],
    ['readinessProbe', '/readyz'],
  ] as const) {
    t.strictSame(container[probe].httpGet, { path, port: container.ports[0].name })
    t.equal((await fetch(`${url}${path}`)).status, 200, path)
  }
  const { annotations } = deployment.spec.template.metadata
  const image = /^ENV .*\bPORT=(\d+)/m.exec(deployed('../Dockerfile'))?.[1]
  t.equal(`${container.ports[0].containerPort}`, image)
  t.equal(annotations['prometheus.io/port'], image)
  t.equal(annotations['prometheus.io/path'], '/metrics')
  t.equal(read('kubernetes/service.yaml').spec.ports[0].targetPort, container.ports[0].name)
})

t.test('no container can do more than its work', async (t) => {
  const deployments = [deployment, ...redis].filter(({ kind }) => kind === 'Deployment')
  t.equal(deployments.length, 2)
  for (const { metadata, spec } of deployments) {
    const { containers, securityContext, automountServiceAccountToken, enableServiceLinks } = spec.template.spec
    const { name } = metadata
    t.equal(securityContext.runAsNonRoot, true, name)
    t.ok(securityContext.runAsUser > 0, name)
    t.strictSame(securityContext.seccompProfile, { type: 'RuntimeDefault' }, name)
    t.equal(automountServiceAccountToken, false, name)
    t.equal(enableServiceLinks, false, `${name}: no variable of other services`)
    for (const each of containers) {
      t.strictSame(
        each.securityContext,
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        name,
      )
      t.ok(each.resources.requests.cpu && each.resources.requests.memory && each.resources.limits.memory, name)
    }
  }
  const user = /^USER (\d+):\d+$/m.exec(deployed('../Dockerfile'))?.[1]
  t.equal(`${pod.securityContext.runAsUser}`, user, 'the user of the image')
})

t.test('everything selects the pods that there are, in whatever namespace it is applied to', async (t) => {
  const resources: readonly string[] = kustomization.resources
  const applied = resources.filter((path) => path.endsWith('.yaml')).flatMap((path) => all(`kubernetes/${path}`))
  t.ok(resources.includes('../redis'))
  const label = 'app.kubernetes.io/name'
  const names = [deployment, ...redis]
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ spec }) => spec.template.metadata.labels[label])
  t.strictSame(names, ['portkey-metrics', 'portkey-metrics-redis'])
  for (const { kind, metadata, spec } of [...applied, ...redis, ...secrets]) {
    t.equal(metadata.namespace, undefined, `${kind} ${metadata.name}`)
    const selector = spec?.selector?.matchLabels ?? spec?.selector ?? spec?.podSelector?.matchLabels
    if (selector !== undefined) t.strictSame(selector, { [label]: metadata.name }, `${kind} ${metadata.name}`)
  }
  const listed = [...resources, 'kustomization.yaml', 'secret.example.yaml']
  const files = YAML_FILES.filter((path) => path.startsWith('kubernetes/')).map((path) =>
    path.slice('kubernetes/'.length),
  )
  t.strictSame(
    files.filter((path) => !listed.includes(path)),
    [],
    'no file is forgotten',
  )
})

t.test('the network lets in and out what the service needs', async (t) => {
  const policy = read('kubernetes/network-policy.yaml').spec
  t.strictSame(policy.policyTypes, ['Ingress', 'Egress'])
  const ports = policy.egress.map((rule: { ports: readonly { port: number }[] }) => rule.ports.map(({ port }) => port))
  t.strictSame(ports, [[53, 53], [6379], [443]])
  const behind = redis.find(({ kind }) => kind === 'NetworkPolicy').spec
  t.strictSame(behind.policyTypes, ['Ingress', 'Egress'])
  t.equal(behind.egress, undefined, 'Redis reaches nothing')
  t.strictSame(behind.ingress[0].from, [{ podSelector: { matchLabels: deployment.spec.selector.matchLabels } }])
})
