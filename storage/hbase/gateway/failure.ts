import { messageOf, systemCode } from '../../../domain/errors.ts';
import { type Mistrust, mistrustIn, mistrustOf } from './mistrust.ts';

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
  /** The settings that have to be corrected, when it is sure that it is they: `store.url`. */
  readonly settings?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A call that failed, and what that means for whoever made it. Its message is one plain sentence without credentials, stack
 * traces or HTML.
 */
export class GatewayFailure extends Error {
  readonly kind: FailureKind;
  readonly status: number | undefined;
  readonly exception: string | undefined;
  readonly foundNone: boolean;
  readonly settings: string | undefined;

  constructor(kind: FailureKind, message: string, { status, exception, foundNone = false, settings, cause }: FailureDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GatewayFailure';
    this.kind = kind;
    this.status = status;
    this.exception = exception;
    this.foundNone = foundNone;
    this.settings = settings;
  }
}

/** A refusal of a body in which there is nothing wrong, or that holds no rows: it is waited out. */
export function saysNothingOfRows({ message, status, exception }: GatewayFailure): GatewayFailure {
  return new GatewayFailure('refused', message, { status, exception });
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
const EXCEPTION = /^(?:[\w$]+\.)+([\w$]*(?:Exception|Error))(?::.*)?$/m;
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

/** What an answer says: by its status and the name of the exception alone. Its words may repeat what we sent, credentials too. */
export function failureOfAnswer({ status, type, location, body }: RefusedAnswer): GatewayFailure {
  const text = type.startsWith('text/plain') ? body.subarray(0, MOST_TEXT).toString() : '';
  const [, named] = EXCEPTION.exec(text) ?? [];
  const exception = FOUND_WITHIN.find((name) => text.includes(name)) ?? named;
  const mistrust = status === 400 && type.startsWith('text/html') ? mistrustIn(body.subarray(0, MOST_TEXT).toString()) : undefined;
  const meaning = mistrust?.problem ?? (exception === undefined ? undefined : EXPLAINED[exception])
    ?? meaningOf(status, type, location);
  const message = `the gateway answered ${status}: ${meaning}${exception === undefined ? '' : ` (${exception})`}`;
  return new GatewayFailure(kindOf(status, type, exception), message, {
    status, exception, settings: mistrust?.settings, foundNone: status === 404 && text.startsWith('No rows found.'),
  });
}

/** The call that got no answer. */
export interface UnansweredCall {
  readonly base: string;
  readonly timedOut: boolean;
  readonly timeoutMs: number;
  /** Whether an authority and a certificate of our own are configured. */
  readonly ca: boolean;
  readonly cert: boolean;
}

/** Why there was no answer. */
export function failureOfCall(error: unknown, { base, timedOut, timeoutMs, ca, cert }: UnansweredCall): GatewayFailure {
  if (timedOut) return new GatewayFailure('transient', `the gateway at ${base} gave no whole answer within ${timeoutMs / 1000} s`);
  // Never the error itself: axios' hold the request with its headers.
  const code = systemCode(error) ?? 'no code';
  if (code === 'ERR_CANCELED') return new GatewayFailure('transient', `the call of the gateway at ${base} was ended`);
  const mistrust = mistrustOf({ code, words: messageOf(error), base, ca, cert });
  if (mistrust) return untrusted(mistrust, base, code);
  if (code === 'ENOTFOUND')
    return new GatewayFailure('transient', `the host of ${base} is not known (${code}); check store.url and the name server`);
  if (code === 'ERR_BAD_RESPONSE')
    return new GatewayFailure('transient', `the answer of the gateway at ${base} was cut off or too large (${code})`);
  return new GatewayFailure('transient', `the connection to the gateway at ${base} failed (${code})`);
}

/** A reset or bytes that are no HTTP may come of a fault on the way, too, and be over soon. */
function untrusted({ problem, settings }: Mistrust, base: string, code: string): GatewayFailure {
  const kind = code === 'ECONNRESET' || code.startsWith('HPE_') ? 'transient' : 'refused';
  return new GatewayFailure(kind, `no trusted connection to the gateway at ${base}: ${problem} (${code})`, { settings });
}

function kindOf(status: number, type: string, exception: string | undefined): FailureKind {
  if (exception === HOLD) return 'transient';
  switch (status) {
    // A proxy's page says nothing of a row.
    case 400: return type.startsWith('text/html') ? 'refused' : 'poison';
    case 410: return 'gone';
    case 413: case 414: case 431: return 'tooLarge';
    case 304: case 500: case 502: case 503: case 504: return 'transient';
    default: return 'refused';
  }
}

function meaningOf(status: number, type: string, location: string | undefined): string {
  if (status === 304) return 'somebody else has changed the same just now';
  if (status >= 300 && status < 400)
    return `it sends us elsewhere${originOf(location)}; set store.url to where the gateway is, and check the credentials`;
  if (status === 404 && type.startsWith('text/plain')) return 'there is nothing like that';
  if (status === 500) return 'the call failed within it; is the table there, enabled, and with all its families? Its log says more';
  return MEANINGS[status] ?? 'this was not expected; check store.url';
}

/** Of a redirection only the host: the rest may carry what lets somebody in. */
function originOf(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? ` (to ${new URL(location).origin})` : '';
}
