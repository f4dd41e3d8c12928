import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { systemCode } from '../../domain/errors.ts';
import type { Api } from './api.ts';
import { JSON_TYPE, preferredType } from './negotiation.ts';

/** What the page itself makes of its address: each of these gets the one page. */
const SCREENS = ['/', '/pumps', '/pumps/:pump', '/maintenance', '/compare', '/daily', '/streaming', '/quality', '/sql'];
/** Beside the page and its assets. */
const FILES = ['favicon.svg', 'favicon-high.svg', 'favicon-medium.svg', 'favicon-low.svg', 'docs.css', 'docs.js'];
const HTML = 'text/html';
const ONE_YEAR = 'public, max-age=31536000, immutable';
/** Asked again each time; the ETag keeps it cheap. */
const EACH_TIME = 'no-cache';

const NOT_BUILT =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>wellwatch</title><h1>wellwatch</h1><p>The page has not been ' +
  'built: run <code>npm run build</code>. The API is there: <a href="/api/docs">/api/docs</a>.</p></html>\n';

/**
 * The web page from the folder in which it was built; a page that is built anew is there at once. The names of its assets
 * hold a digest of what is in them, so browsers keep these for good.
 */
export async function servePage(api: Api, folder: string): Promise<void> {
  const assets = join(folder, 'assets');
  await api.register(fastifyStatic, {
    root: assets, prefix: '/assets/', index: false, cacheControl: false,
    setHeaders: (reply, path) => void reply.header('cache-control', path.startsWith(assets) ? ONE_YEAR : EACH_TIME),
  });
  for (const file of FILES) api.get(`/${file}`, (_request, reply) => reply.sendFile(file, folder));
  for (const url of SCREENS) api.get(url, async (_request, reply) => sendPage(reply, folder));
}

/** Sends the page, or how to build it. */
export async function sendPage(reply: FastifyReply, folder: string): Promise<FastifyReply> {
  return reply.header('cache-control', EACH_TIME).type(`${HTML}; charset=utf-8`).send(await textOf(join(folder, 'index.html')));
}

/**
 * Whether a request for something that is not there gets the page instead of a problem. A browser that follows a link does:
 * the page says that there is no such screen, and leads on.
 */
export function wantsPage(request: FastifyRequest): boolean {
  return (request.method === 'GET' || request.method === 'HEAD') && !/^\/(api|assets)(\/|\?|$)/.test(request.url) && readsPages(request);
}

/** Whether who asks is a browser that opens an address, not a program. */
export function readsPages({ headers }: FastifyRequest): boolean {
  return preferredType(headers.accept, [JSON_TYPE, HTML]) === HTML;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return NOT_BUILT;
    throw error;
  }
}
