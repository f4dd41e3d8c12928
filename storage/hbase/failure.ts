import { systemCode } from '../../domain/errors.ts';

/**
 * - `transient`: no answer, half of one, or one that says "later": the same call may be made again.
 * - `refused`: an answer that says something of the connection, and nothing of a row: it is waited out as well.
 * - `poison`: something in the body can't be taken, however often it is sent.
 * - `tooLarge`: the request is too long for the gateway, or for a proxy before it.
 * - `gone`: what the call was about is there no longer.
 */
export type FailureKind = 'transient' | 'refused' | 'poison' | 'tooLarge' | 'gone';

/** What is known of a failed call beside its sentence. */
export interface FailureDetails {
  /** The status of the answer, when there was one. */
  readonly status?: number | undefined;
  /** The short name of the Java exception in it. */
  readonly exception?: string | undefined;
  /** It says that none of the rows that were asked for is there. */
  readonly foundNone?: boolean | undefined;
  readonly cause?: unknown;
}

/** A call that failed, and what that means for whoever made it. Its message is one plain sentence without credentials, stack traces or HTML. */
export class GatewayFailure extends Error {
  readonly kind: FailureKind;
  readonly status: number | undefined;
  readonly exception: string | undefined;
  readonly foundNone: boolean;

  constructor(kind: FailureKind, message: string, { status, exception, foundNone = false, cause }: FailureDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GatewayFailure';
    this.kind = kind;
    this.status = status;
    this.exception = exception;
    this.foundNone = foundNone;
  }
}

/** An answer that is none of 2xx. */
export interface RefusedAnswer {
  readonly status: number;
  /** Its content type, or ''. */
  readonly type: string;
  readonly location: string | undefined;
  readonly body: Buffer;
}

const MOST_TEXT = 64 * 1024;
const EXCEPTION = /^(?:[\w$]+\.)+([\w$]*(?:Exception|Error))(?::[ \t]*(.*))?$/m;
/** What makes all others wait, although it stands deep within what a retry collected. */
const HOLD = 'PleaseHoldException';
const FOUND_WITHIN = [HOLD, 'TableNotEnabledException', 'AccessDeniedException'];

const EXPLAINED: Readonly<Record<string, string>> = {
  TableNotFoundException: 'the table does not exist',
  NoSuchColumnFamilyException: 'the table lacks a column family',
  NamespaceNotFoundException: 'the namespace of the table does not exist; create it, or change store.table',
  TableNotEnabledException: 'the table is disabled; enable it in the HBase shell',
  AccessDeniedException: 'this user may not do that; check the user\'s rights in HBase',
  [HOLD]: 'HBase is starting',
};

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'it can\'t take the request',
  401: 'it wants other credentials; check store.username with its password, or the token',
  403: 'it does not let us in, or is read-only; check the credentials and what they allow',
  404: 'nothing like a gateway answers there; check store.url and its path',
  405: 'it does not take such requests; check store.url, and whether a proxy lets only some through',
  407: 'a proxy wants credentials; check store.url',
  410: 'what was asked for is gone',
  413: 'the request is too large for it',
  414: 'the request is too large for it',
  429: 'it takes no more requests just now; raise its limit if this lasts',
  431: 'the request is too large for it',
  502: 'the proxy does not reach the gateway',
  503: 'HBase behind it is not available',
  504: 'the proxy waited for the gateway in vain',
};

/** What an answer says: the status decides, and for some the words of HBase. */
export function failureOfAnswer({ status, type, location, body }: RefusedAnswer): GatewayFailure {
  const text = type.startsWith('text/plain') ? body.subarray(0, MOST_TEXT).toString() : '';
  const [, named, words = ''] = EXCEPTION.exec(text) ?? [];
  const exception = FOUND_WITHIN.find((name) => text.includes(name)) ?? named;
  const meaning = (exception === undefined ? undefined : EXPLAINED[exception])
    ?? (status === 400 && words !== '' ? wordsOf(words) : undefined)
    ?? meaningOf(status, type, location);
  const message = `the gateway answered ${status}: ${meaning}${exception === undefined ? '' : ` (${exception})`}`;
  return new GatewayFailure(kindOf(status, type, exception), message, { status, exception, foundNone: status === 404 && text.startsWith('No rows found.') });
}

/** Why there was no answer. */
export function failureOfCall(error: unknown, { base, timedOut, timeoutMs }: { readonly base: string; readonly timedOut: boolean; readonly timeoutMs: number }): GatewayFailure {
  if (timedOut) return new GatewayFailure('transient', `the gateway at ${base} gave no whole answer within ${timeoutMs / 1000} s`);
  // Never the error itself: axios' hold the request with its headers.
  const code = systemCode(error) ?? 'no code';
  if (code === 'ERR_CANCELED') return new GatewayFailure('transient', `the call of the gateway at ${base} was ended`);
  if (aboutTls(code)) return new GatewayFailure('refused', `no trusted connection to the gateway at ${base} (${code}); check store.url and store.tls`);
  if (code === 'ENOTFOUND') return new GatewayFailure('transient', `the host of ${base} is not known (${code}); check store.url and the name server`);
  if (code === 'ERR_BAD_RESPONSE') return new GatewayFailure('transient', `the answer of the gateway at ${base} was cut off or too large (${code})`);
  return new GatewayFailure('transient', `the connection to the gateway at ${base} failed (${code})`);
}

function kindOf(status: number, type: string, exception: string | undefined): FailureKind {
  if (exception === HOLD) return 'transient';
  switch (status) {
    // A proxy's page says nothing of a row.
    case 400: return type.startsWith('text/html') ? 'refused' : 'poison';
    case 410: return 'gone';
    case 413: case 414: case 431: return 'tooLarge';
    case 500: case 502: case 503: case 504: return 'transient';
    default: return 'refused';
  }
}

function meaningOf(status: number, type: string, location: string | undefined): string {
  if (status >= 300 && status < 400) return `it sends us elsewhere${originOf(location)}; set store.url to where the gateway is, and check the credentials`;
  if (status === 404 && type.startsWith('text/plain')) return 'there is nothing like that';
  if (status === 500) return 'the call failed within it; is the table there, enabled, and with all its families? Its log says more';
  return MEANINGS[status] ?? 'this was not expected; check store.url';
}

/** Of a redirection only the host: the rest may carry what lets somebody in. */
function originOf(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? ` (to ${new URL(location).origin})` : '';
}

/** What an exception says, without the names of classes. */
function wordsOf(words: string): string {
  return words.replace(/(?:[\w$]+\.){2,}[\w$]+:?\s*/g, '').trim().slice(0, 200);
}

function aboutTls(code: string): boolean {
  return /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/.test(code);
}
