import { join } from 'node:path';
import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import etag from '@fastify/etag';
import helmet from '@fastify/helmet';
import fastify from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Config, HttpConfig } from '../config/types.ts';
import { packageRoot } from '../config/packageRoot.ts';
import type { Api } from './api.ts';
import { describeApi, serveDocs } from './apiDocs.ts';
import { type Access, identifyRequests, requireRole } from './auth/identity.ts';
import { answerUnchanged } from './conditional.ts';
import { type ConnectionLimits, connectionLimits, limitConnections } from './connections.ts';
import { Sessions } from './auth/sessions.ts';
import { TokenFile, type TokenFileOptions } from './auth/tokenFile.ts';
import { UnreadAnswers } from './unreadAnswers.ts';
import type { DataSources } from './dataSources.ts';
import { negotiateForms } from './forms.ts';
import { readsPages, sendPage, servePage, wantsPage } from './page.ts';
import { PathMethods } from './pathMethods.ts';
import { handleErrors, HttpProblem, refuseGarbage, sendProblem } from './problems.ts';
import { limitRequests, REQUEST_LIMITS, type RequestLimits } from './rateLimit.ts';
import { actRoutes } from './routes/acts.ts';
import { alarmActRoutes } from './routes/alarmActs.ts';
import { alarmTrialRoutes } from './routes/alarmTrials.ts';
import { alarmReportRoutes } from './routes/alarmReport.ts';
import { alarmToldRoutes } from './routes/alarmTold.ts';
import { alertRoutes } from './routes/alerts.ts';
import { alarmRoutes } from './routes/alarms.ts';
import { balanceRoutes } from './routes/balance.ts';
import { fleetRoutes } from './routes/fleet.ts';
import { previewRoutes } from './routes/preview.ts';
import { pumpRoutes } from './routes/pumps.ts';
import { readingRoutes } from './routes/readings.ts';
import { receiptRoutes } from './routes/receipts.ts';
import { retractionRoutes } from './routes/retractions.ts';
import { rejectRoutes } from './routes/rejects.ts';
import { replayRoutes } from './routes/replays.ts';
import { sessionRoutes } from './routes/session.ts';
import { sqlRoutes } from './routes/sql.ts';
import { dayMatrixRoutes } from './routes/dayMatrix.ts';
import { figuresRoutes } from './routes/figures.ts';
import { maintenanceRoutes } from './routes/maintenance.ts';
import { statsRoutes } from './routes/stats.ts';

/** The configuration of a site whose HTTP side is on. */
export type ServedConfig = Config & { readonly http: HttpConfig };

/** What the running job tells of itself, as routes. */
export interface LiveRoutes {
  /** Below `/api/v1`, for whoever may read: `streaming/…`, `windows`, `stream`. */
  readonly api: (api: Api) => void;
  /** `/metrics`, for whoever may read. */
  readonly metrics: (api: Api) => void;
  /** `/healthz` and `/readyz`, for everybody. */
  readonly health: (api: Api) => void;
}

export interface ServerOptions extends DataSources {
  readonly config: ServedConfig;
  readonly live: LiveRoutes;
  /** ms since 1970-01-01T00:00Z. */
  readonly now?: () => number;
  readonly tokens?: Pick<TokenFileOptions, 'known' | 'onTokens'>;
  readonly limits?: RequestLimits;
  readonly connections?: ConnectionLimits;
  /** Where the page was built. */
  readonly pageFolder?: string;
}

const BODY_BYTES = 16_384;
/** So long a request may take to come, in ms. */
const REQUEST_MS = 30_000;
/** How often it is looked for connections whose time is over, while that runs. */
const CHECKS = 4;
/** 64 code points, each of which may be four bytes, each of which may be written as `%F0`. */
const LONGEST_PUMP = 64 * 4 * 3;
/** Cheap enough for the thread that also answers everybody else. */
const BROTLI_QUALITY = 4;

const API = '/api/v1';

/*
 * The life of a request. What a step refuses goes straight to the last line.
 *
 *   connection ── one too many is dropped ────────────────────────── limitConnections
 *       │        ── what is no HTTP, or comes too slowly: 400 ─────── refuseGarbage
 *       ▼
 *   route: which one is it? an unknown path: 404, 405, or the page ── handleErrors, PathMethods
 *       │
 *       │   health: /healthz and /readyz skip all that follows up to the handler
 *       ▼
 *   identify: who asks? from a foreign page, by a foreign name: 403 ─ identifyRequests, browserGuards
 *       ▼
 *   limit: too many in a minute: 429 (not for /metrics) ──────────── limitRequests
 *       ▼
 *   role: no token: 401, not enough: 403 (not for page, session) ─── requireRole
 *       ▼
 *   form: JSON or CSV, as Accept says, or else 406 (session, data) ─ negotiateForms
 *       ▼
 *   parameters: as the schema says, and no other: 400 ────────────── refuseUnknownParameters, zod
 *       ▼
 *   handler: asks `query/` or LiveState; the store is away: 503 ──── routes/
 *       ▼
 *   answer: written by its schema, ETag, 304 when unchanged, compressed ─ addManners
 *
 *   refused, or thrown anywhere ─► a problem (RFC 9457); our own fault is a 500 whose reference stands in the log
 *                                                                    handleErrors, sendProblem
 */

/** The HTTP side, ready to listen. Throws CONFIG when the tokens file can't be used. */
export function buildServer(options: ServerOptions): Api {
  const {
    config,
    live,
    onLog,
    now = Date.now,
    limits = REQUEST_LIMITS,
    connections = connectionLimits(),
    pageFolder = join(packageRoot(), 'dist', 'app', 'web'),
  } = options;
  const access: Access = {
    http: config.http,
    tokens: new TokenFile(config.http.tokens, { ...options.tokens, onLog }),
    sessions: new Sessions(now),
    now,
  };
  void access.tokens.tokens;
  const server = newServer(connections, config.http);
  limitConnections(server.server, { limits: connections, onLog, now });
  const unread = new UnreadAnswers(server.server, connections.unreadBytes);
  server.addHook('onRequest', async () => unread.makeRoom());
  const methods = new PathMethods();
  server.addHook('onRoute', (route) => methods.add(route));
  handleErrors(server, { methods, onLog, wantsPage, sendPage: (reply) => sendPage(reply, pageFolder) });

  server.addHook('onClose', async () => options.sql.stop());
  addManners(server);
  describeApi(server);

  void server.register(async (open: Api) => live.health(open));
  void server.register(async (site: Api) => {
    identifyRequests(site, access);
    void site.register(async (metrics: Api) => {
      metrics.addHook('onRequest', requireRole('read'));
      live.metrics(metrics);
    });
    void site.register(async (limited: Api) => {
      await limitRequests(limited, limits);
      void limited.register(async (page: Api) => servePage(page, pageFolder));
      void limited.register(async (docs: Api) => {
        // A browser is asked to sign in at the address that it wants to see.
        docs.addHook('onRequest', async (request, reply) =>
          request.identity.role === null && readsPages(request) ? sendPage(reply, pageFolder) : undefined);
        docs.addHook('onRequest', requireRole('read'));
        serveDocs(docs, pageFolder);
      });
      void limited.register(async (session: Api) => {
        negotiateForms(session);
        refuseUnknownParameters(session);
        sessionRoutes(session, { config, access, attempts: limits.signIn, onLog });
      }, { prefix: API });
      void limited.register(async (api: Api) => {
        api.addHook('onRequest', requireRole('read'));
        negotiateForms(api);
        refuseUnknownParameters(api);
        addData(api, options);
        live.api(api);
      }, { prefix: API });
    });
  });
  return server;
}

function addData(api: Api, sources: DataSources): void {
  pumpRoutes(api, sources);
  readingRoutes(api, sources);
  alertRoutes(api, sources);
  alarmRoutes(api, sources);
  alarmActRoutes(api, sources);
  alarmReportRoutes(api, sources);
  alarmToldRoutes(api, sources);
  alarmTrialRoutes(api, sources);
  actRoutes(api, sources);
  statsRoutes(api, sources);
  dayMatrixRoutes(api, sources);
  maintenanceRoutes(api, sources);
  figuresRoutes(api, sources);
  sqlRoutes(api, sources);
  rejectRoutes(api, sources);
  replayRoutes(api, sources);
  previewRoutes(api, sources);
  receiptRoutes(api, sources);
  retractionRoutes(api, sources);
  balanceRoutes(api, sources);
  fleetRoutes(api, sources);
}

/** A route that names no parameters takes none: a misspelt one must not look as if it counted. */
function refuseUnknownParameters(api: Api): void {
  api.addHook('onRoute', (route) => {
    route.schema = { querystring: z.strictObject({}), ...route.schema };
  });
}

function newServer({ headersMs, stalledMs, requests }: ConnectionLimits, { trustProxy }: HttpConfig): Api {
  const server = fastify({
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    maxRequestsPerSocket: requests,
    connectionTimeout: stalledMs, // what happens then: UnreadAnswers
    http: { headersTimeout: headersMs, connectionsCheckingInterval: headersMs / CHECKS },
    // By default only a proxy on this machine is believed when it says who asks, and that it was by https.
    trustProxy: trustProxy ? [...trustProxy] : 'loopback',
    routerOptions: { maxParamLength: LONGEST_PUMP },
    clientErrorHandler: refuseGarbage,
    frameworkErrors: (error, request, reply) => void sendProblem(request, reply, new HttpProblem('INVALID_REQUEST', error.message)),
  }).withTypeProvider<ZodTypeProvider>();
  server.removeContentTypeParser('text/plain');
  return server.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler);
}

/** What holds for every answer: who may embed it, how it is compressed, how a browser asks whether it has changed. */
function addManners(server: Api): void {
  void server.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    // A matter for whoever puts TLS before us.
    hsts: false,
  });
  void server.register(cookie);
  void server.register(etag, { weak: true, replyWith304: false });
  answerUnchanged(server);
  void server.register(compress, {
    global: true,
    encodings: ['br', 'gzip'],
    globalDecompression: false,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
  });
}
