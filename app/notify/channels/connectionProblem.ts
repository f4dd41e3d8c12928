import { systemCode } from '../../../domain/errors.ts';

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'its name is not known (DNS)',
  EAI_AGAIN: 'its name can\'t be looked up just now (DNS)',
  EHOSTUNREACH: 'there is no way to it (network)',
  ENETUNREACH: 'there is no way to it (network)',
  ECONNRESET: 'it cut the connection',
  EPIPE: 'it cut the connection',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_SOCKET: 'it cut the connection',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself; let NODE_EXTRA_CA_CERTS name a file of certificates to trust',
  SELF_SIGNED_CERT_IN_CHAIN: 'an authority that is not known signed its certificate; let NODE_EXTRA_CA_CERTS name a file of certificates to trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'an authority that is not known signed its certificate; let NODE_EXTRA_CA_CERTS name a file of certificates to trust',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'an authority that is not known signed its certificate; let NODE_EXTRA_CA_CERTS name a file of certificates to trust',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on that port',
  EPROTO: 'it does not speak TLS as it should on that port',
};

/** Why a connection failed, as a sentence without its subject. What is not known keeps its code, never more of its message. */
export function connectionProblem(error: unknown): string {
  for (const each of causes(error)) {
    const code = systemCode(each);
    if (code !== undefined && SENTENCES[code]) return SENTENCES[code];
  }
  if (causes(error).some((each) => each instanceof Error && each.name === 'TimeoutError')) return SENTENCES.ETIMEDOUT;
  const code = causes(error).map(systemCode).find((known) => known !== undefined);
  if (code?.startsWith('HPE_')) return 'what it answers is no HTTP';
  return code === undefined ? 'the connection failed' : `the connection failed (${code})`;
}

/** An error and its causes; of several attempts at several addresses the last. */
function causes(error: unknown): unknown[] {
  const all: unknown[] = [];
  for (let each = error; each instanceof Error && all.length < 8; each = each.cause) {
    all.push(each);
    if (each instanceof AggregateError) all.push(...(each.errors as unknown[]));
  }
  return all;
}
