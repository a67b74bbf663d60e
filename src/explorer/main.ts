import { type Catalogue, readCatalogue } from './catalogue.js'
import { type Credential, createCredential } from './credential.js'
import { AUTH_MODES } from './curl.js'
import { byId, on } from './dom.js'
import { focusFault, showFaults } from './faults.js'
import { createForm } from './form.js'
import { createPlaces } from './history.js'
import { member } from './json.js'
import { drawEmpty, drawFailure, drawLinkFaults } from './notices.js'
import { FIRST_DRAFT } from './question.js'
import { drawRefusal } from './refusal-view.js'
import { createResults } from './results.js'
import { createService, type Refusal, type Service } from './service.js'
import { createSignIn, type SignIn } from './sign-in.js'

const question = byId('question', HTMLFormElement)
const controls = byId('controls', HTMLDivElement)
const results = byId('results', HTMLElement)

const fail = (refusal: Refusal, again: () => void): void =>
  results.replaceChildren(drawRefusal({ refusal, left: refusal.faults, again, show: () => undefined }))

/** On a narrow screen replies are below the form. */
const comeIntoView = (): void => {
  if (window.matchMedia('(max-width: 60rem)').matches) results.scrollIntoView({ block: 'start' })
}

const failed = (error: unknown): void => results.prepend(drawFailure(error))
// Where there is no error in it, it is a warning of the browser's.
window.addEventListener('error', ({ error }) => error && failed(error))
window.addEventListener('unhandledrejection', ({ reason }) => failed(reason))

/** What the panel of the credential does to a page at work. */
type Work = {
  /** A credential was given anew. */
  readonly resume: () => void
  readonly forget: () => void
}

/** The page as it works once the catalogue is there. */
const work = (credential: Credential, service: Service, catalogue: Catalogue, signIn: SignIn): Work => {
  const stop = byId('stop', HTMLButtonElement)
  const answers = createResults({
    room: results,
    service,
    catalogue,
    authMode: credential.mode,
    onFaults: (faults) => showFaults(controls, faults),
    onShowFault: () => focusFault(controls),
    onRefused: ({ status }) => {
      if (status === 401 && credential.mode !== 'none') signIn.request(credential.isMissing() ? 'missing' : 'refused')
    },
    onBusy: (isBusy) => {
      // A control that goes takes the focus with it.
      if (!isBusy && document.activeElement === stop) byId('ask', HTMLButtonElement).focus()
      stop.hidden = !isBusy
    },
  })
  /** Asks what stands in the address, where that is to be asked; else says what to do. */
  const follow = () => {
    const place = places.current()
    if (place?.asked) return void answers.ask(place.draft)
    const isDamaged = place !== null && place.faults.length > 0
    answers.clear(isDamaged ? drawLinkFaults(place.faults) : drawEmpty('Choose, then press Enter or Ask.'))
    if (isDamaged) comeIntoView()
  }
  const places = createPlaces(() => {
    form.show(places.current()?.draft ?? FIRST_DRAFT)
    follow()
  })
  const form = createForm({
    catalogue,
    service,
    draft: places.current()?.draft ?? FIRST_DRAFT,
    room: controls,
    onChange: (draft) => places.edited(draft),
  })
  on(question, 'submit', (event) => {
    event.preventDefault()
    places.asked(form.draft())
    void answers.ask(form.draft()).then(comeIntoView)
  })
  on(byId('price', HTMLButtonElement), 'click', () => void answers.ask(form.draft(), 'plan'))
  on(stop, 'click', () => answers.cancel())
  question.hidden = false
  follow()
  return {
    resume: follow,
    forget: () => answers.clear(drawEmpty('What was shown went with the credential.')),
  }
}

const start = async (): Promise<void> => {
  const open = createService(createCredential('none'))
  const settings = await open.get('explorer/settings')
  if (settings.kind === 'refused') return fail(settings.refusal, () => void start())
  const mode = AUTH_MODES.find((one) => one === member(settings.body, 'authMode')) ?? 'token'
  const credential = createCredential(mode)
  const service = createService(credential)
  let working: Work | null = null
  const load = async (): Promise<void> => {
    if (working !== null) {
      byId('ask', HTMLButtonElement).focus()
      return working.resume()
    }
    const catalogue = await service.get('v1/metrics/catalog')
    if (catalogue.kind === 'done') {
      results.replaceChildren()
      working = work(credential, service, readCatalogue(catalogue.body), signIn)
      // Where the credential was given nothing is left to hold the focus.
      if (mode !== 'none') byId('datasource', HTMLSelectElement).focus()
    } else if (catalogue.refusal.status === 401 && mode !== 'none') signIn.request('refused')
    else fail(catalogue.refusal, () => void load())
  }
  const signIn = createSignIn({
    credential,
    onGiven: () => void load(),
    onForget: () => {
      if (working === null) results.replaceChildren()
      else working.forget()
    },
  })
  if (credential.isMissing()) signIn.request('missing')
  else await load()
}

void start()
