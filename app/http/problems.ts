import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, isStoreUnavailable, messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { Api } from './api.ts';
import type { PathMethods } from './pathMethods.ts';
import { PROBLEMS, type Problem, type ProblemCode } from './schemas/problem.ts';
import { invalidFields } from './invalidFields.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** So long a client may read what it is told before its connection ends, in ms. */
const LINGER_MS = 500;
/** After so many seconds it is worth asking a store again that is away. */
const STORE_RETRY_S = 5;

/** A request that is not answered as asked: thrown by a hook or a handler, sent as a problem (RFC 9457). */
export class HttpProblem extends Error {
  readonly problem: ProblemCode;
  /** Sent with it. */
  readonly headers: Readonly<Record<string, string>>;

  /** `detail` says what was expected, what came, and what to do next. */
  constructor(problem: ProblemCode, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.name = 'HttpProblem';
    this.problem = problem;
    this.headers = headers;
  }
}

/** The code for an HTTP status that a library gives. */
const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  406: 'NOT_ACCEPTABLE',
  413: 'TOO_LARGE',
  414: 'TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
};

export interface ErrorHandling {
  readonly methods: PathMethods;
  readonly onLog: (event: LogEvent) => void;
  /** Whether an address where nothing is gets the page, and what sends it. */
  readonly wantsPage: (request: FastifyRequest) => boolean;
  readonly sendPage: (reply: FastifyReply) => Promise<FastifyReply>;
}

/**
 * Answers every error and every unknown path with a problem; a browser that follows a link to nowhere gets the page. An error
 * of our own goes to the log with a reference, and the client is told that reference.
 */
export function handleErrors(api: Api, { methods, onLog, wantsPage, sendPage }: ErrorHandling): void {
  api.setErrorHandler((error: FastifyError | Error, request, reply) => {
    // Its work was stopped because nobody waits for it any more: 499 is what nginx writes down for that.
    if (request.signal.aborted && error === request.signal.reason) return reply.code(499).send();
    const isOurs = error instanceof HttpProblem || error instanceof AppError;
    // What the framework minds of a request to nowhere matters less than that it goes nowhere.
    return sendProblem(
      request,
      reply,
      (request.is404 || lacksPart(request)) && !isOurs ? unknownPath(request, methods) : problemOf(error, request, onLog),
    );
  });
  api.setNotFoundHandler(async (request, reply) => {
    const problem = unknownPath(request, methods);
    return problem.problem === 'NOT_FOUND' && wantsPage(request) ? sendPage(reply.code(404)) : sendProblem(request, reply, problem);
  });
}

/** Whether a part of the path is empty that names something: `/pumps/`. */
function lacksPart({ params }: FastifyRequest): boolean {
  return Object.values(params ?? {}).includes('');
}

function unknownPath({ url, method }: FastifyRequest, methods: PathMethods): HttpProblem {
  const path = pathOf(url);
  const allowed = methods.of(path);
  if (allowed.length === 0 || allowed.includes(method))
    return new HttpProblem('NOT_FOUND', `There is nothing at ${path}. /api/docs tells what there is`);
  return new HttpProblem('METHOD_NOT_ALLOWED', `Expected ${allowed.join(' or ')} for ${path}, got ${method}`, {
    allow: allowed.join(', '),
  });
}

/** Sends a problem. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, { problem, message, headers }: HttpProblem): FastifyReply {
  const [status] = PROBLEMS[problem];
  // Of a file that failed before any of it was sent.
  reply.removeHeader('content-disposition').removeHeader('content-encoding');
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers })
    .type(PROBLEM_TYPE)
    .send(problemJson(problem, { detail: message, instance: pathOf(request.url) }));
}

/** Answers what is no HTTP, or does not come, on the bare socket. It ends soon after that, whatever the other side does. */
export function refuseGarbage(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const body = problemJson('INVALID_REQUEST', { detail: GARBAGE[error.code ?? ''] ?? 'Expected an HTTP request', instance: '' });
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: ${PROBLEM_TYPE}\r\nconnection: close\r\ncontent-length: ` +
    `${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** What was expected, by the code of Node's error. */
const GARBAGE: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'Expected at most 16 kB of address and headers',
  ERR_HTTP_REQUEST_TIMEOUT: 'Expected the whole request sooner',
};

function problemJson(code: ProblemCode, { detail, instance }: Pick<Problem, 'detail' | 'instance'>): string {
  const [status, title] = PROBLEMS[code];
  return JSON.stringify({ type: 'about:blank', title, status, detail, code, instance } satisfies Problem);
}

function problemOf(error: FastifyError | Error, request: FastifyRequest, onLog: (event: LogEvent) => void): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (isStoreUnavailable(error)) return new HttpProblem('STORE_UNAVAILABLE', error.message, { 'retry-after': String(STORE_RETRY_S) });
  if (error instanceof AppError && error.code === 'USAGE') return new HttpProblem('INVALID_REQUEST', error.message);
  if (error instanceof AppError && (error.code === 'NOT_FOUND' || error.code === 'CONFLICT'))
    return new HttpProblem(error.code, error.message);
  if ('validation' in error && error.validation) return new HttpProblem('INVALID_REQUEST', invalidFields(error, request));
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status !== undefined && status >= 400 && status < 500)
    return new HttpProblem(CODE_OF_STATUS[status] ?? 'INVALID_REQUEST', messageOf(error));
  const reference = randomUUID();
  onLog({ level: 'error', message: `${request.method} ${pathOf(request.url)} failed (reference ${reference}): ${stackOf(error)}` });
  return new HttpProblem('INTERNAL', `This is not your fault. The log of wellwatch says more under the reference ${reference}`);
}

/** The stacks of an error and what caused it. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return messageOf(error);
  return `${error.stack ?? error.message}${error.cause === undefined ? '' : `\n  caused by ${stackOf(error.cause)}`}`;
}

/** An address without its query. */
function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
