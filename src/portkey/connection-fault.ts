import { errors } from 'undici'

/** Why there is no connection, in words that name no host and no key, and what to do about it. */
export type ConnectionFault = {
  readonly reason: string
  readonly advice: string
  /** It is set up wrongly and stays so until somebody changes it. */
  readonly lasts: boolean
  /** It was there and was lost, as one question alone can make it. */
  readonly lost: boolean
}

/** What a connection failed with; `proxied`: it was made through the proxy of `HTTPS_PROXY`. */
export function connectionFault(cause: unknown, proxied: boolean): ConnectionFault {
  const refused = proxied ? proxyStatus(cause) : null
  if (refused !== null) return { ...proxyRefusal(refused), lasts: refused < 500 && refused !== 429, lost: false }
  const code = codeOf(cause)
  const lasts = LASTING.test(code)
  const lost = cause instanceof errors.SocketError || /ECONNRESET|EPIPE/.test(code)
  if (UNKNOWN_ISSUER.test(code)) {
    const advice =
      'The certificate is of no authority that this process trusts: name the PEM file of that authority in NODE_EXTRA_CA_CERTS, and start again.'
    return { reason: code, advice, lasts, lost }
  }
  if (proxied && NO_WAY.test(code)) {
    return {
      reason: `the proxy of HTTPS_PROXY cannot be reached (${code})`,
      advice: 'Check HTTPS_PROXY, and that the proxy runs.',
      lasts,
      lost: false,
    }
  }
  return {
    reason: cause instanceof errors.SocketError ? 'the connection was lost' : code || 'the connection failed',
    advice: `Check PORTKEY_BASE_URL${proxied ? ', HTTPS_PROXY' : ''} and the network, or ask again shortly.`,
    lasts,
    lost,
  }
}

/** A name that is none, a certificate that is refused, TLS where there is none. */
const LASTING = /ENOTFOUND|CERT|TLS|SSL|EPROTO|SIGNATURE/
/** OpenSSL's words for a chain that ends at nobody who is trusted. */
const UNKNOWN_ISSUER = /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_UNTRUSTED/
const NO_WAY = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/

function proxyRefusal(status: number): Omit<ConnectionFault, 'lasts' | 'lost'> {
  const reason = `the proxy of HTTPS_PROXY refused with ${status}`
  if (status === 407) {
    return {
      reason,
      advice: 'It wants a user and a password: HTTPS_PROXY=http://user:password@host:port, percent-encoded.',
    }
  }
  return { reason, advice: 'Ask whoever runs the proxy to let this process reach the host of PORTKEY_BASE_URL.' }
}

/** The status with which a proxy refused a tunnel; the library says it in a message alone. */
function proxyStatus(cause: unknown): number | null {
  const found = cause instanceof Error ? /^Proxy response \((\d{3})\)/.exec(cause.message)?.[1] : undefined
  return found === undefined ? null : Number(found)
}

/** A connection error's code (`ECONNREFUSED`); `''` where it has none. */
function codeOf(cause: unknown): string {
  const found = cause instanceof AggregateError ? cause.errors[0] : cause
  return found instanceof Error && 'code' in found && typeof found.code === 'string' ? found.code : ''
}
