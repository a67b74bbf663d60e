import t from 'tap'
import { CREDENTIALS, MODELS, patient, reply, type Script, startUpstream } from './upstream.js'

const rows = (count: number) => Array.from({ length: count }, (_, i) => `{"model":"m${i}","requests":${i + 1}}`)

/** Serves pages of `all` as the upstream does, patient more than `cap` rows; `total` overrides what it says there is. */
function pager(
  all: () => readonly string[],
  cap = 1000,
  total: (page: number) => unknown = () => all().length,
): Script {
  return (_, response, url) => {
    const page = Number(url.searchParams.get('current_page'))
    const size = Math.min(cap, Number(url.searchParams.get('page_size')))
    const found = all().slice(page * size, (page + 1) * size)
    const stated = found.length === 0 ? 0 : total(page)
    reply(response, 200, `{"object":"list","total":${JSON.stringify(stated)},"data":[${found.join()}]}`)
  }
}

const models = (count: number) => Array.from({ length: count }, (_, i) => `m${i}`)

t.test('a listing that fits is one request', async (t) => {
  const { client, seen } = await startUpstream(
    t,
    pager(() => rows(1000)),
  )
  const { answer, requests } = await client.fetch(MODELS, CREDENTIALS, patient())
  t.strictSame(answer, {
    kind: 'listing',
    values: models(1000),
    fields: { requests: rows(1000).map((_, i) => i + 1) },
  })
  t.equal(requests, 1)
  t.match(seen[0]?.search, /current_page=0&page_size=1000$/)
})

t.test('an empty listing is one request', async (t) => {
  const { client } = await startUpstream(
    t,
    pager(() => []),
  )
  const { answer, requests } = await client.fetch(MODELS, CREDENTIALS, patient())
  t.strictSame([answer, requests], [{ kind: 'listing', values: [], fields: { requests: [] } }, 1])
})

t.test('further pages are asked at once, and put together in order', async (t) => {
  let waiting: (() => void)[] = []
  const serve = pager(() => rows(25))
  const { client } = await startUpstream(
    t,
    (request, response, url) => {
      if (url.searchParams.get('current_page') === '0') return serve(request, response, url)
      waiting.push(() => serve(request, response, url))
      // Answered only once both are here, the last first.
      if (waiting.length === 2) for (const go of waiting.splice(0).reverse()) go()
    },
    { pageSize: 10 },
  )
  const { answer, requests } = await client.fetch(MODELS, CREDENTIALS, patient())
  t.match(answer, { values: models(25) })
  t.equal(requests, 3)
  waiting = []
})

t.test('an upstream that caps its pages is paged by its own size', async (t) => {
  const { client, seen } = await startUpstream(
    t,
    pager(() => rows(250), 100),
  )
  const { answer, requests } = await client.fetch(MODELS, CREDENTIALS, patient())
  t.match(answer, { values: models(250) })
  t.equal(requests, 3)
  t.strictSame(seen.map((url) => url.searchParams.get('page_size')).sort(), ['100', '100', '1000'])
})

t.test('without a total, or with one that is too small, pages are walked to the end', async (t) => {
  for (const total of [null, 0, 3, '0']) {
    const { client } = await startUpstream(
      t,
      pager(
        () => rows(25),
        10,
        () => total,
      ),
    )
    const { answer } = await client.fetch(MODELS, CREDENTIALS, patient())
    t.match(answer, { values: models(25) })
  }
})

t.test('rows that move between pages make the whole be fetched once more', async (t) => {
  let turned = false
  const { client } = await startUpstream(
    t,
    (request, response, url) => {
      // Between the first page and the second, the last row overtook all others.
      const all = turned ? rows(15) : [...rows(15).slice(-1), ...rows(15).slice(0, -1)]
      pager(() => (url.searchParams.get('current_page') === '0' && !turned ? rows(15) : all))(request, response, url)
      turned ||= url.searchParams.get('current_page') === '1'
    },
    { pageSize: 10 },
  )
  const { answer, requests } = await client.fetch(MODELS, CREDENTIALS, patient())
  t.match(answer, { values: models(15) })
  t.equal(requests, 4, 'all requests count')
})

t.test('a row that joined while paging is no contradiction when all are there', async (t) => {
  const { client } = await startUpstream(
    t,
    (request, response, url) =>
      pager(() => rows(url.searchParams.get('current_page') === '0' ? 15 : 16))(request, response, url),
    { pageSize: 10 },
  )
  const { answer, requests } = await client.fetch(MODELS, CREDENTIALS, patient())
  t.match(answer, { values: models(16) })
  t.equal(requests, 2)
})

t.test('pages that keep contradicting each other are refused', async (t) => {
  const doubled: Script = (_, response) => reply(response, 200, `{"total":20,"data":[${rows(10).join()}]}`)
  const short = pager(
    () => rows(15),
    1000,
    () => 18,
  )
  const none: Script = (_, response) => reply(response, 200, '{"total":7,"data":[]}')
  for (const [script, calls] of [
    [doubled, 4],
    [short, 4],
    [none, 2],
  ] as const) {
    const { client, seen } = await startUpstream(t, script, { pageSize: 10 })
    await t.rejects(client.fetch(MODELS, CREDENTIALS, patient()), { code: 'UPSTREAM_INCONSISTENT' })
    t.equal(seen.length, calls)
  }
})

t.test('a page that repeats itself is malformed', async (t) => {
  const { client } = await startUpstream(
    t,
    pager(() => [...rows(3), ...rows(1)]),
  )
  await t.rejects(client.fetch(MODELS, CREDENTIALS, patient()), {
    code: 'UPSTREAM_MALFORMED',
    message: /repeat the model/,
  })
})

t.test('a column that only some pages have is malformed', async (t) => {
  const mixed = [...rows(10).map((row) => row.replace('}', ',"cost":1}')), ...rows(15).slice(10)]
  const { client } = await startUpstream(
    t,
    pager(() => mixed),
    { pageSize: 10 },
  )
  await t.rejects(client.fetch(MODELS, CREDENTIALS, patient()), {
    code: 'UPSTREAM_MALFORMED',
    message: /cost is missing in 5 of 15/,
  })
})

t.test('too many pages are refused before they are fetched, with or without a total', async (t) => {
  const stated = await startUpstream(
    t,
    pager(() => rows(100)),
    { pageSize: 10, maxPages: 9 },
  )
  await t.rejects(stated.client.fetch(MODELS, CREDENTIALS, patient()), {
    code: 'UPSTREAM_ERROR',
    message: /more than 9 pages/,
  })
  t.equal(stated.seen.length, 1)
  const walked = await startUpstream(
    t,
    pager(
      () => rows(100),
      10,
      () => null,
    ),
    { maxPages: 9 },
  )
  await t.rejects(walked.client.fetch(MODELS, CREDENTIALS, patient()), {
    code: 'UPSTREAM_ERROR',
    message: /more than 9 pages/,
  })
  t.equal(walked.seen.length, 9)
})

t.test('one failed page fails the listing and cancels the others', async (t) => {
  const serve = pager(() => rows(100))
  for (const [status, code] of [
    [500, 'UPSTREAM_UNAVAILABLE'],
    [404, 'UPSTREAM_ERROR'],
  ] as const) {
    const { client, seen } = await startUpstream(
      t,
      (request, response, url) => {
        if (url.searchParams.get('current_page') === '0') serve(request, response, url)
        else if (url.searchParams.get('current_page') === '1') reply(response, status, 'null')
        // The others are patient answered.
      },
      { pageSize: 10, concurrency: 2 },
    )
    await t.rejects(client.fetch(MODELS, CREDENTIALS, patient()), { code })
    t.ok(seen.length <= 4, 'pages still in the queue are not sent')
  }
})

t.test('the quota flag counts on any page', async (t) => {
  const { client } = await startUpstream(
    t,
    (request, response, url) =>
      url.searchParams.get('current_page') === '1'
        ? reply(response, 200, `{"total":15,"data":[${rows(15).slice(10).join()}],"is_quota_exceeded":true}`)
        : pager(() => rows(15))(request, response, url),
    { pageSize: 10 },
  )
  await t.rejects(client.fetch(MODELS, CREDENTIALS, patient()), { code: 'UPSTREAM_QUOTA_EXCEEDED' })
})
