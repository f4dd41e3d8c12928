import type { Problem } from '../http/schemas/problem.ts';
import { reached, unreachable } from './connection.ts';
import { encodePiece, type Query, queryText } from './route.ts';

const ROOT = '/api/v1';

/** A request that failed. `code` is a problem's, or UNREACHABLE; `detail` is a sentence for people. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.status = status;
    this.code = code;
  }
}

/** Whom a 401 concerns: set by the session, which is built upon this. */
let whenUnauthenticated = (): void => undefined;
export function onUnauthenticated(handler: () => void): void {
  whenUnauthenticated = handler;
}

/** The JSON answer to a question; `path` stands below /api/v1: `get<PumpList>('/pumps', { limit: 500 })`. */
export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const response = await send(path, query, { headers: { accept: 'application/json' }, signal: signal ?? null });
  return (await response.json()) as T;
}

/** What a list answers with: some rows, and where the next ones are. */
interface Page {
  readonly items: readonly unknown[];
  readonly next: string | null;
}

/** The first rows of a list, page after page, until there are `limit` of them; all else is what the last page says. */
export async function getRows<P extends Page>(
  path: string,
  query: Query,
  { limit, page }: { readonly limit: number; readonly page: number },
  signal?: AbortSignal,
): Promise<P> {
  const items: unknown[] = [];
  let last: P;
  let cursor: string | null = null;
  do {
    last = await get<P>(path, { ...query, limit: Math.min(page, limit - items.length), cursor }, signal);
    items.push(...last.items);
    cursor = last.next;
  } while (cursor !== null && items.length < limit);
  return { ...last, items };
}

/** The same question answered as a table for spreadsheets. */
export async function getCsv(path: string, query: Query = {}, signal?: AbortSignal): Promise<Blob> {
  const response = await send(path, query, { headers: { accept: 'text/csv' }, signal: signal ?? null });
  return response.blob();
}

/** Sends a body, or deletes; there is no answer but success. A 401 is one of the caller's. */
export async function change(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<void> {
  const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  await send(path, {}, { method, ...json });
}

/** Sends JSON, or the bytes of a file; gives the JSON answer. */
export async function post<T>(path: string, query: Query, body: unknown, signal?: AbortSignal): Promise<T> {
  const page = { 'requested-from': 'page' }; // acts say from where they were done
  const sent = body instanceof Blob
    ? { body, headers: { ...page, 'content-type': 'application/octet-stream' } }
    : { body: JSON.stringify(body), headers: { ...page, 'content-type': 'application/json' } };
  return (await (await send(path, query, { method: 'POST', signal: signal ?? null, ...sent })).json()) as T;
}

/** A question with a body, answered as a table for spreadsheets. */
export async function postForCsv(path: string, body: unknown): Promise<Blob> {
  const headers = { 'content-type': 'application/json', accept: 'text/csv' };
  return (await send(path, {}, { method: 'POST', headers, body: JSON.stringify(body) })).blob();
}

/** Pieces of a path, encoded: ``get(`/pumps${pathOf(id)}`)``. */
export function pathOf(...pieces: readonly string[]): string {
  return pieces.map((piece) => `/${encodePiece(piece)}`).join('');
}

async function send(path: string, query: Query, init: RequestInit): Promise<Response> {
  const text = queryText(query);
  let response: Response;
  try {
    response = await fetch(`${ROOT}${path}${text && `?${text}`}`, { credentials: 'same-origin', ...init });
  } catch (cause) {
    // Who is overtaken by another question ends this one; who has waited long enough was not answered.
    if (!init.signal?.aborted || isTimeout(init.signal)) unreachable();
    throw new ApiError(0, 'UNREACHABLE', 'The server does not answer. What is shown may be old; it is asked again by itself.', { cause });
  }
  reached();
  if (response.ok) return response;
  if (response.status === 401 && init.method === undefined) whenUnauthenticated();
  throw await problemOf(response);
}

function isTimeout({ reason }: AbortSignal): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

/** A problem's own words; those of a proxy in between only by its status. */
async function problemOf(response: Response): Promise<ApiError> {
  const { status, headers } = response;
  if (headers.get('content-type')?.startsWith('application/problem+json')) {
    const { code, detail } = (await response.json()) as Problem;
    return new ApiError(status, code, detail);
  }
  return new ApiError(status, 'UNEXPECTED', `The server answered with status ${status}, and not in a form that this page knows.`);
}
