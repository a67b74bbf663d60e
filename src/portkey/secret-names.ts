/**
 * Whether a text under this name is known to be no credential: what lists of workspaces, virtual keys and log exports are read for.
 * Ids, names, slugs, states, times and the filters of an export; a name that also speaks of a credential (`accessKeyId`) is none.
 */
export function isHarmlessName(name: string): boolean {
  const words = wordsOf(name)
  const joined = words.join('_')
  if (KEYS_THAT_ARE_NONE.test(joined)) return true
  return !isSecretName(name) && (HARMLESS.has(joined) || HARMLESS_ENDS.has(words.at(-1) ?? ''))
}

/** Whether a name promises a credential: then nothing below it is shown either. */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name)
  return !KEYS_THAT_ARE_NONE.test(words.join('_')) && SECRET.test(words.join(''))
}

/** Whole names whose texts are shown. */
const HARMLESS = new Set([
  ...['object', 'status', 'state', 'reason', 'message', 'title', 'description', 'note', 'notes', 'comment'],
  ...['provider', 'ai_provider', 'ai_service', 'model', 'models', 'ai_model', 'ai_org_model', 'region', 'currency'],
  ...['kind', 'role', 'unit', 'order', 'environment', 'version', 'created_by', 'updated_by', 'owner'],
  ...['requested_data', 'columns', 'periodic_reset', 'reset_usage', 'expires', 'expiry'],
  ...['prompt_token_min', 'prompt_token_max', 'completion_token_min', 'completion_token_max', 'status_code'],
])

/** Last words of names whose texts are shown: `workspace_id`, `createdAt`, `credit_limit`. */
const HARMLESS_ENDS = new Set([
  ...['id', 'ids', 'uuid', 'name', 'names', 'slug', 'slugs', 'type', 'types', 'status', 'state'],
  ...['at', 'date', 'time', 'timezone', 'limit', 'limits', 'threshold', 'count', 'total', 'min', 'max', 'period'],
])

/** Slugs, though they are called keys, and what names a key without being it. */
const KEYS_THAT_ARE_NONE =
  /^(?:(?:virtual|public|metadata|sort|object)_keys?|(?:api|virtual)_keys?_(?:ids?|names?|slugs?|types?|status)|(?:prompt|completion)_token_(?:min|max))$/

/** Anywhere in a name, its words run together: `pwd`, `authtoken`, `basicAuth`, `key2`, `azure_ad_tokens`. */
const SECRET =
  /key(?!words?$)|token|secret|passw|passphrase|pwd|credential|auth(?!ors?$)|bearer|jwt|oauth|private|cert|cookie|signature|signed|headers?$|connection|serviceaccount|webhook|^pat$/

/** `awsSecretAccessKey2` → aws, secret, access, key. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/\d+$/, ''))
    .filter((word) => word !== '')
}
