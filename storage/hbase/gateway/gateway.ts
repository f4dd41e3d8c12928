import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosInstance } from 'axios';
import { failureOfAnswer, failureOfCall, GatewayFailure, saysNothingOfRows } from './failure.ts';

/** Where the REST gateway is, and how to be let in. Certificates are PEM text, not paths. */
export interface GatewayOptions {
  /** With the path below which the gateway answers, if it has one: `https://proxy.example/hbase`. */
  readonly url: string;
  /** More gateways of the same HBase, which take the same credentials: one is asked when another does not answer. */
  readonly others?: readonly string[] | undefined;
  /** For one call, in ms. */
  readonly timeoutMs: number;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** A bearer token. */
  readonly token?: string | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly tls?: { readonly ca?: string | undefined; readonly cert?: string | undefined; readonly key?: string | undefined } | undefined;
}

/** One request. */
export interface Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Below the base URL, encoded, beginning with `/`. */
  readonly path: string;
  /** JSON. Must not change until the call has ended. */
  readonly body?: Uint8Array | undefined;
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined;
  /** Another limit than that of the options, in ms. */
  readonly timeoutMs?: number | undefined;
}

/** An answer of 2xx, whole. */
export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  /** What its JSON says; throws GatewayFailure `transient` when it is none. */
  json(): unknown;
  /** Throws GatewayFailure `refused` unless it is as empty as HBase's own answers to what it has done are. */
  expectNothing(): void;
}

/** Jetty ends connections that were idle for 30 s: ours end before, so that no request meets a connection that is just closing. */
const IDLE_MS = 15_000;
/** Of a gateway, or a proxy before it, that does not work: another one may. */
const UNAVAILABLE: readonly (number | undefined)[] = [502, 503, 504];
/** Far above any page that we ask for. */
const MOST_BYTES = 256 * 1024 * 1024;

/** The REST gateway of HBase: one call at a time, no second attempt. The only place that knows axios. */
export class Gateway {
  /** The base URLs without credentials and without a `/` at their ends. */
  readonly #bases: readonly string[];
  /** The one that is asked. */
  #at: number;
  readonly #timeoutMs: number;
  readonly #tls: { readonly ca: boolean; readonly cert: boolean };
  readonly #agent: HttpAgent;
  readonly #http: AxiosInstance;

  constructor(options: GatewayOptions) {
    const urls = [options.url, ...(options.others ?? [])].map((url) => new URL(url));
    const { ca, cert, key } = options.tls ?? {};
    const tls = { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
    const idle = { keepAlive: true, timeout: IDLE_MS };
    this.#bases = urls.map(({ origin, pathname }) => `${origin}${pathname.replace(/\/+$/, '')}`);
    this.#at = Math.floor(Math.random() * urls.length); // several clients spread over them
    this.#timeoutMs = options.timeoutMs;
    this.#tls = { ca: ca !== undefined, cert: cert !== undefined };
    this.#agent = urls[0].protocol === 'https:' ? new HttpsAgent({ ...idle, ...tls }) : new HttpAgent(idle);
    this.#http = axios.create({
      httpAgent: this.#agent, httpsAgent: this.#agent,
      proxy: false, maxRedirects: 0, maxContentLength: MOST_BYTES, maxBodyLength: Infinity,
      responseType: 'arraybuffer', decompress: false, transformRequest: [], transformResponse: [], validateStatus: () => true,
      headers: headersOf(options),
    });
  }

  /** The base URL of the gateway that is asked, without credentials and without a `/` at its end. */
  get base(): string {
    return this.#bases[this.#at];
  }

  /** Makes a call. Throws GatewayFailure, and nothing else that a gateway or a network can bring about. */
  async call({ method, path, body, signal, timeoutMs = this.#timeoutMs }: Call): Promise<Answer> {
    // axios' own limit is one for silence: it does not end a body that trickles.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeoutMs);
    const end = () => limit.abort();
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted === true) end();
    const { base } = this;
    try {
      const { status, headers, data } = await this.#http.request<Buffer>({
        method, url: base + path, signal: limit.signal,
        ...(body && { data: Buffer.from(body.buffer, body.byteOffset, body.byteLength), headers: { 'Content-Type': 'application/json' } }),
      });
      const header = (name: string) => textOf(headers[name]);
      if (status < 200 || status > 299)
        throw failureOfAnswer({ status, type: header('content-type') ?? '', location: header('location'), body: data });
      checkWhole(data, header('content-length'));
      return { status, location: header('location'), json: () => parse(data), expectNothing: () => expectNothing(base, data) };
    } catch (error) {
      if (!(error instanceof GatewayFailure) || UNAVAILABLE.includes(error.status)) this.#leave(base, signal);
      if (error instanceof GatewayFailure) throw error.kind === 'poison' && !path.endsWith('/batch') ? saysNothingOfRows(error) : error;
      throw failureOfCall(error, { base, timedOut: limit.signal.aborted && signal?.aborted !== true, timeoutMs, ...this.#tls });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    }
  }

  /** The next call is the next gateway's, unless another call has seen to that. */
  #leave(base: string, signal: AbortSignal | undefined): void {
    if (base === this.base && signal?.aborted !== true) this.#at = (this.#at + 1) % this.#bases.length;
  }

  /** Ends its connections. */
  close(): void {
    this.#agent.destroy();
  }
}

/** Where a table is, below the base URL. */
export function pathOf(table: string): string {
  return `/${encodeURIComponent(table)}`;
}

function headersOf({ username, password, token, headers }: GatewayOptions): Record<string, string> {
  const login =
    token !== undefined
      ? `Bearer ${token}`
      : username !== undefined
        ? `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`
        : undefined;
  return {
    'User-Agent': 'wellwatch',
    ...headers,
    Accept: 'application/json',
    'Accept-Encoding': 'identity',
    ...(login !== undefined && { Authorization: login }),
  };
}

function checkWhole(body: Buffer, length: string | undefined): void {
  if (length !== undefined && Number(length) !== body.length) {
    throw new GatewayFailure('transient', `the gateway's answer was cut off after ${body.length} of ${length} bytes`);
  }
}

/** A portal or a proxy that answers 200 with a page of its own has stored nothing. */
function expectNothing(base: string, body: Buffer): void {
  if (body.length > 0)
    throw new GatewayFailure(
      'refused',
      `what answers at ${base} says 200 with ${body.length} bytes of its own, which HBase's gateway does not; check store.url, and ` +
        'whether a proxy wants a login',
      { status: 200 },
    );
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new GatewayFailure('transient', `the gateway's answer of ${body.length} bytes is no whole JSON`, { cause: error });
  }
}

function textOf(header: unknown): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
