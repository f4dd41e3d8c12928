/** Why a connection was not trusted, or could not be. */
export interface Mistrust {
  /** A part of a sentence about the gateway, with what to do. */
  readonly problem: string;
  /** The settings that decide it. */
  readonly settings: string;
}

/** What is known of a connection that failed. */
export interface FailedConnection {
  /** Node's code of the error, or OpenSSL's. */
  readonly code: string;
  /** What the error said: OpenSSL's reason stands nowhere else. */
  readonly words: string;
  /** The base URL. */
  readonly base: string;
  /** Whether an authority and a certificate of our own are configured. */
  readonly ca: boolean;
  readonly cert: boolean;
}

/**
 * Codes of https://nodejs.org/docs/latest-v20.x/api/tls.html#x509-certificate-error-codes that say that the signature is
 * nobody's whom we trust.
 */
const UNSIGNED =
  /^(?:UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_(?:UNTRUSTED|REJECTED|SIGNATURE_FAILURE|CHAIN_TOO_LONG)|INVALID_CA|INVALID_PURPOSE)/;
const ANY_TLS = /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|CRL_|HOSTNAME_MISMATCH|EPROTO)/;
/** Alerts of RFC 8446, section 6.2, that are about the client's certificate or its absence. */
const ABOUT_OUR_CERTIFICATE = new RegExp(`alert (?:${[
  'certificate required', 'handshake failure', 'bad certificate', 'unsupported certificate', 'certificate unknown',
  'certificate expired', 'certificate revoked', 'unknown ca', 'access denied', 'decrypt error',
].join('|')})`, 'i');
/** What OpenSSL says of bytes that are no TLS. */
const NO_TLS = /wrong version number|packet length too long|http request|unknown protocol/i;

const WANTS_TLS: Mistrust = { problem: 'it wants TLS; write https:// in store.url', settings: 'store.url' };

/** What is wrong with a connection, or undefined when it is nothing of TLS. */
export function mistrustOf({ code, words, base, ca, cert }: FailedConnection): Mistrust | undefined {
  const isTls = base.startsWith('https:');
  // Bytes that are no HTTP at all: Jetty answers plain text on a TLS port with an alert.
  if (!isTls)
    return code === 'HPE_INVALID_CONSTANT'
      ? { problem: 'what answers there speaks no HTTP; if it is TLS, write https:// in store.url', settings: 'store.url' }
      : undefined;
  if (UNSIGNED.test(code)) return unsigned(ca);
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return {
        problem: 'its certificate, or that of its authority, has expired; it needs a new one',
        settings: 'the certificate of the gateway, or store.tls.ca',
      };
    case 'CERT_NOT_YET_VALID':
      return { problem: 'its certificate is not valid yet; check the clocks of both machines', settings: 'the clocks' };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return {
        problem: `its certificate does not name ${new URL(base).hostname}; let store.url have a name that stands in it`,
        settings: 'store.url, or the certificate of the gateway',
      };
  }
  if (NO_TLS.test(words)) return { problem: 'there is no TLS; write http:// in store.url, or the port that has it', settings: 'store.url' };
  if (ABOUT_OUR_CERTIFICATE.test(words)) return refusedByIt(cert);
  if (code === 'ECONNRESET' && words.includes('before secure TLS connection'))
    return {
      problem: 'it ended the connection before it was trusted; it may want another client certificate',
      settings: 'store.url and store.tls',
    };
  return ANY_TLS.test(code) ? { problem: 'check store.url and store.tls', settings: 'store.url and store.tls' } : undefined;
}

/** What the page of a proxy says of TLS: nginx answers such requests in HTTP. */
export function mistrustIn(page: string): Mistrust | undefined {
  if (page.includes('plain HTTP request was sent to HTTPS port')) return WANTS_TLS;
  if (page.includes('No required SSL certificate was sent')) return refusedByIt(false);
  return page.includes('The SSL certificate error') ? refusedByIt(true) : undefined;
}

function unsigned(ca: boolean): Mistrust {
  const problem = ca
    ? 'its certificate is not signed by store.tls.ca; let that be the certificate of the authority that signed it'
    : 'its certificate is signed by nobody whom this machine trusts; let store.tls.ca name the certificate of the authority that signed it';
  return { problem, settings: 'store.tls.ca' };
}

function refusedByIt(cert: boolean): Mistrust {
  const problem = cert
    ? 'it does not take our certificate; check store.tls.cert and store.tls.key'
    : 'it wants a client certificate; set store.tls.cert and store.tls.key';
  return { problem, settings: 'store.tls.cert and store.tls.key' };
}
