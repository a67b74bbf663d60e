import type { Catalogue, Datasource } from './catalogue.js'
import { element, labelled, on, option } from './dom.js'
import type { Desk } from './form-desk.js'
import { figuresPart } from './form-figures.js'
import { filtersPart } from './form-filters.js'
import { groupsPart } from './form-groups.js'
import { windowPart } from './form-window.js'
import { type Draft, FIRST_DRAFT, QUESTION_TYPES } from './question.js'
import { renewAround } from './renew.js'
import type { Service } from './service.js'

/** What the form is built of; `draft` is what it shows first, `onChange` is told of every later one. */
export type FormOptions = {
  readonly catalogue: Catalogue
  readonly service: Service
  readonly draft: Draft
  /** The controls stand here. */
  readonly room: HTMLElement
  readonly onChange: (draft: Draft) => void
}

/** The controls of a question. They are built anew where a choice brings others; the focus stays where it was. */
export type Form = {
  readonly draft: () => Draft
  readonly show: (draft: Draft) => void
}

/** Builds the controls in their room and keeps what they say. */
export const createForm = ({ catalogue, service, room, onChange, ...options }: FormOptions): Form => {
  let draft = options.draft
  const desk: Desk = {
    catalogue,
    service,
    draft: () => draft,
    datasource: () => catalogue.datasources.find(({ name }) => name === draft.datasource) ?? NOTHING,
    change: (parts) => {
      draft = { ...draft, ...parts }
      onChange(draft)
    },
    rebuild: (parts, focus) => {
      desk.change(parts)
      build(focus)
    },
  }
  const build = (focus?: string) => {
    const fresh = element(
      'div',
      {},
      ...[subjectPart, windowPart, figuresPart, groupsPart, filtersPart].map((part) => part(desk)),
    )
    const active = document.activeElement
    const twin = active === null || active.id === '' ? null : fresh.querySelector(`#${CSS.escape(active.id)}`)
    if (focus === undefined && active instanceof HTMLSelectElement && twin !== null) {
      renewAround(room, fresh, active, twin)
    } else {
      room.replaceChildren(...fresh.childNodes)
      const held = focus ?? active?.id ?? ''
      if (held !== '') document.getElementById(held)?.focus()
    }
  }
  build()
  return {
    draft: () => draft,
    show: (next) => {
      draft = next
      build()
    },
  }
}

/** What a link names and the catalogue does not know has nothing to choose from. */
const NOTHING: Datasource = {
  name: '',
  rows: 'This service knows no such datasource.',
  fields: [],
  columns: [],
  metadata: {
    name: '',
    otherNames: [],
    type: 'string',
    responseKey: '',
    groupable: false,
    operators: [],
    aggregations: [],
    values: [],
    ruledOut: [],
  },
  examples: [],
}

/** What is asked about and in which shape, and questions to begin with. */
const subjectPart = (desk: Desk): HTMLElement => {
  const { datasource, type } = desk.draft()
  const names = desk.catalogue.datasources.map(({ name }) => name)
  const select = element(
    'select',
    { id: 'datasource', 'data-path': '/datasource', 'aria-describedby': 'datasource-rows' },
    (names.includes(datasource) ? names : [datasource, ...names]).map((name) =>
      option({ value: name, label: name }, datasource),
    ),
  )
  on(select, 'change', () =>
    desk.rebuild({ datasource: select.value, aggregations: [], groupBy: [], filters: [], limit: '' }),
  )
  const { rows, examples } = desk.datasource()
  return element(
    'fieldset',
    { class: 'part' },
    element('legend', {}, 'What'),
    labelled('Datasource', select, element('p', { class: 'hint', id: 'datasource-rows' }, `Its rows: ${rows}`)),
    element(
      'div',
      { class: 'segments', role: 'radiogroup', 'aria-label': 'Shape', 'data-path': '/type' },
      QUESTION_TYPES.map((name) => {
        const radio = element('input', {
          type: 'radio',
          name: 'type',
          id: `type-${name}`,
          value: name,
          checked: name === type,
        })
        on(radio, 'change', () => desk.rebuild({ type: name }))
        return element('label', { for: radio.id }, radio, element('span', {}, TYPE_LABELS[name]))
      }),
    ),
    ...(examples.length > 0 ? [examplesField(desk)] : []),
  )
}

const TYPE_LABELS = { timeseries: 'Over time', distribution: 'In all' } as const

const examplesField = (desk: Desk): HTMLElement => {
  const { examples } = desk.datasource()
  const select = element(
    'select',
    { id: 'examples' },
    option({ value: '', label: 'Begin with an example…' }, ''),
    examples.map(({ summary }, at) => option({ value: String(at), label: summary }, '')),
  )
  on(select, 'change', () => {
    const example = examples[Number(select.value)]
    if (select.value !== '' && example !== undefined) desk.rebuild({ ...FIRST_DRAFT, ...example.draft })
  })
  return labelled('Examples', select)
}
