import fc from 'fast-check'
import t from 'tap'
import { WITHHELD, withholdSecrets } from '../../src/portkey/withhold.js'
import { CREDENTIALS, patient, reply, startUpstream } from './upstream.js'

const PLAIN = {
  object: 'list',
  total: 1,
  data: [
    {
      name: 'openai-main',
      slug: 'a-very-long-slug-of-a-virtual-key-for-production-42',
      id: '0123456789abcdef0123456789abcdef',
      created_at: '2026-06-09T00:00:00.000Z',
      createdBy: 'someone',
      workspaceName: 'Production 2',
      note: 'rotated by ops, task-force-one-and-a-half',
      status: 'active',
      usage_limits: { credit_limit: 500, alert_threshold: null, periodic_reset: 'monthly' },
      virtual_key: 'openai-main',
      filters: {
        prompt_token_min: 1,
        api_key_ids: '7b1c9c1e-0d3a-4e57-9f6e-000000000000',
        virtual_keys: 'openai-main',
        time_of_generation_min: '2026-06-09T00:00:00.000Z',
        ai_org_model: 'openai__gpt-4o',
      },
      rate_limits: [{ type: 'requests', unit: 'rpm', value: 100 }],
      requested_data: ['id', 'request_tokens'],
      is_default: false,
    },
  ],
}

t.test('what is no secret stays as it is', async (t) => {
  t.strictSame(withholdSecrets(PLAIN, 'pk-own'), PLAIN)
})

t.test('a name that promises a credential hides its texts, at any depth', async (t) => {
  for (const name of [
    'key',
    'apiKey',
    'api_key',
    'masked_api_key',
    'awsSecretAccessKey',
    'aws_secret_access_key',
    'accessToken',
    'client_secret',
    'password',
    'vertexServiceAccountJson',
    'Authorization',
    'custom_headers',
    'signed_url',
    'pwd',
    'apiKey1',
    'api_key_2',
    'keyValue',
    'key_value',
    'auth',
    'basicAuth',
    'azure_ad_tokens',
    'jwt',
    'accessKeyId',
    'accesskey',
    'authtoken',
    'token_name',
    'connectionString',
    'header',
    'anything',
    'value',
  ]) {
    const read = withholdSecrets({ data: [{ model_config: { [name]: 'abc', name: 'abc', limit: 5, on: true } }] }, '')
    t.strictSame(read, { data: [{ model_config: { [name]: WITHHELD, name: 'abc', limit: 5, on: true } }] }, name)
    t.strictSame(withholdSecrets({ [name]: ['abc'] }, ''), { [name]: [WITHHELD] }, `a list of ${name}`)
  }
  t.strictSame(withholdSecrets({ key2: { value: 'abc', name: 'abc' } }, ''), {
    key2: { value: WITHHELD, name: WITHHELD },
  })
  t.strictSame(withholdSecrets(['abc'], ''), [WITHHELD], 'a text without a name')
  const nested = withholdSecrets({ credentials: { user: 'u', rest: ['v', 1, null, ''] } }, '')
  t.strictSame(nested, { credentials: { user: WITHHELD, rest: [WITHHELD, 1, null, ''] } })
})

t.test('a text that looks like a credential is hidden under any name', async (t) => {
  for (const text of [
    'sk-proj-abcdefghijklmnop1234567890',
    'the key is sk-ant-api03-AbCdEfGhIjKlMnOpQrStUv, do not lose it',
    'AKIAIOSFODNN7EXAMPLE',
    `AIza${'b'.repeat(35)}`,
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc',
    'https://bucket.s3.amazonaws.com/x?X-Amz-Signature=abc',
    'https://user:word@example.com/hook',
    'Bearer abc',
    'it sends Basic YWJjOmRlZg==',
    'DefaultEndpointsProtocol=https;AccountName=x;AccountKey=abc',
    'password: abc',
    '0123456789abcdef0123456789abcdef',
    'prefix own-portkey-key suffix',
  ]) {
    t.strictSame(withholdSecrets({ note: text }, 'own-portkey-key'), { note: WITHHELD }, text)
  }
})

t.test('whatever the JSON, the key asked with is not in it', async (t) => {
  const key = 'pk-the-very-key'
  const text = fc.oneof(
    fc.string(),
    fc.constant(key),
    fc.string().map((word) => `${word}${key}`),
  )
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.integer(),
      fc.array(tie('json')),
      fc.dictionary(fc.string(), tie('json')),
    ),
  }))
  const holds = fc.property(json, (value) => !JSON.stringify(withholdSecrets(value, key)).includes(key))
  t.doesNotThrow(() => fc.assert(holds))
})

t.test('lists are asked for and narrowed to the principal’s workspace', async (t) => {
  const rows = [{ slug: 'ours' }, { slug: 'theirs' }]
  const { client, seen } = await startUpstream(t, (_, response) =>
    reply(response, 200, JSON.stringify({ object: 'list', total: 2, data: rows })),
  )
  const ours = { ...CREDENTIALS, workspace: 'ours' }
  t.strictSame(await client.get('workspaces', { page_size: '5' }, ours, patient()), {
    object: 'list',
    total: 1,
    data: [{ slug: 'ours' }],
  })
  t.equal(seen[0]?.search, '?current_page=0&page_size=100&workspace_slug=ours')
  const all = await client.get('workspaces', {}, CREDENTIALS, patient())
  t.match(all, { total: 2 })
  t.match(await client.get('virtualKeys', {}, ours, patient()), { total: 2 }, 'rows that do not say whose they are')
})

t.test('what is no list is malformed, and a refusal does not speak of analytics', async (t) => {
  const { client } = await startUpstream(t, (_, response, url) =>
    url.pathname === '/v1/virtual-keys' ? reply(response, 200, '"no"') : reply(response, 403, 'null'),
  )
  await t.rejects(client.get('virtualKeys', {}, CREDENTIALS, patient()), { code: 'UPSTREAM_MALFORMED' })
  await t.rejects(client.get('logExports', {}, CREDENTIALS, patient()), {
    code: 'UPSTREAM_FORBIDDEN',
    message: /^Portkey does not let this key read the list\..*403 from \/logs\/exports/,
  })
})
