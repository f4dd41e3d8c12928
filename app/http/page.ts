import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { Api } from './api.ts';

/** What the page itself makes of its address: each of these gets the one page. */
const SCREENS = ['/', '/pumps', '/pumps/:pump', '/daily', '/streaming', '/quality'];
const ONE_YEAR = 'public, max-age=31536000, immutable';
/** Asked again each time; the ETag keeps it cheap. */
const EACH_TIME = 'no-cache';

const NOT_BUILT = '<!doctype html><html lang="en"><meta charset="utf-8"><title>wellwatch</title><h1>wellwatch</h1><p>The page has not been built: run <code>npm run build</code>. The API is there: <a href="/api/docs">/api/docs</a>.</p></html>\n';

/** The web page from the folder in which it was built. The names of its assets hold a digest of what is in them, so browsers keep these for good. */
export async function servePage(api: Api, folder: string): Promise<void> {
  const built = existsSync(join(folder, 'index.html'));
  if (built) {
    const assets = join(folder, 'assets');
    await api.register(fastifyStatic, {
      root: folder, wildcard: false, index: false, cacheControl: false,
      setHeaders: (reply, path) => void reply.header('cache-control', path.startsWith(assets) ? ONE_YEAR : EACH_TIME),
    });
  }
  for (const url of SCREENS) {
    api.get(url, async (_request, reply) => (built ? reply.sendFile('index.html') : reply.header('cache-control', EACH_TIME).type('text/html; charset=utf-8').send(NOT_BUILT)));
  }
}
