import { type Catalogue, readCatalogue } from './catalogue.js'
import { type Credential, createCredential } from './credential.js'
import { AUTH_MODES } from './curl.js'
import { byId, element, on } from './dom.js'
import { showFaults } from './faults.js'
import { createForm } from './form.js'
import { createPlaces } from './history.js'
import { member } from './json.js'
import { FIRST_DRAFT } from './question.js'
import { drawRefusal } from './refusal-view.js'
import { createResults } from './results.js'
import { createService, type Refusal, type Service } from './service.js'
import { createSignIn, type SignIn } from './sign-in.js'

const question = byId('question', HTMLFormElement)
const controls = byId('controls', HTMLDivElement)
const results = byId('results', HTMLElement)

const fail = (refusal: Refusal, again: () => void): void =>
  results.replaceChildren(drawRefusal(refusal, refusal.faults, again))

/** The page as it works once the catalogue is there. Answers what to do when a credential was given anew. */
const work = (credential: Credential, service: Service, catalogue: Catalogue, signIn: SignIn): (() => void) => {
  const stop = byId('stop', HTMLButtonElement)
  const answers = createResults({
    room: results,
    service,
    catalogue,
    authMode: credential.mode,
    onFaults: (faults) => showFaults(controls, faults),
    onRefused: ({ status, message }) => {
      if (status === 401) signIn.request(message)
    },
    onBusy: (isBusy) => {
      stop.hidden = !isBusy
    },
  })
  const show = () => {
    const place = places.current()
    form.show(place?.draft ?? FIRST_DRAFT)
    if (place?.asked) void answers.ask(place.draft)
  }
  const places = createPlaces(show)
  const form = createForm({
    catalogue,
    service,
    draft: places.current()?.draft ?? FIRST_DRAFT,
    room: controls,
    onChange: (draft) => places.edited(draft),
  })
  const ask = () => {
    places.asked(form.draft())
    const isNarrow = window.matchMedia('(max-width: 60rem)').matches
    void answers.ask(form.draft()).then(() => isNarrow && results.scrollIntoView({ block: 'start' }))
  }
  on(question, 'submit', (event) => {
    event.preventDefault()
    ask()
  })
  on(byId('price', HTMLButtonElement), 'click', () => void answers.ask(form.draft(), 'plan'))
  on(stop, 'click', () => answers.cancel())
  question.hidden = false
  if (places.current()?.asked) void answers.ask(form.draft())
  else results.append(element('p', { class: 'empty' }, 'Choose, then press Enter or Ask.'))
  return ask
}

const start = async (): Promise<void> => {
  const open = createService(createCredential('none'))
  const settings = await open.get('explorer/settings')
  if (settings.kind === 'refused') return fail(settings.refusal, () => void start())
  const mode = AUTH_MODES.find((one) => one === member(settings.body, 'authMode')) ?? 'token'
  const credential = createCredential(mode)
  const service = createService(credential)
  let again: (() => void) | null = null
  const load = async (): Promise<void> => {
    if (again !== null) {
      byId('ask', HTMLButtonElement).focus()
      return again()
    }
    const catalogue = await service.get('v1/metrics/catalog')
    if (catalogue.kind === 'done') {
      results.replaceChildren()
      again = work(credential, service, readCatalogue(catalogue.body), signIn)
      // Where the credential was given nothing is left to hold the focus.
      if (mode !== 'none') byId('datasource', HTMLSelectElement).focus()
    } else if (catalogue.refusal.status === 401) signIn.request(catalogue.refusal.message)
    else fail(catalogue.refusal, () => void load())
  }
  const signIn = createSignIn(credential, () => void load())
  if (credential.isMissing()) signIn.request('')
  else await load()
}

void start()
