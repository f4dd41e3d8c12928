import { expect, it } from 'vitest';
import { openSite } from './site.ts';

it('probe', async () => {
  const n = 400_000;
  const rows = Array.from({ length: n }, (_, i) => `P${i % 4} ${new Date(Date.UTC(2014, 0, 1) + Math.floor(i / 4) * 60_000).toISOString().slice(0, 16)} 1.5 1.25 800 1 ${i % 40 === 0 ? 80 : i % 5} 1`);
  const rejects = Array.from({ length: 200_000 }, (_, i) => ({ id: String(i), source: i % 7 ? 'bad.csv' : 'rare.csv', line: i, reason: 'expected psi to be a number, got `abc`', raw: 'COHUTTA,3/10/14,1:01,1,2,3,4,abc' }));
  const site = await openSite({ rows, rejects });
  console.log('stored');
  await site.json('/api/v1/me');
  await site.json('/api/v1/alert-runs');
  for (const [path, accept] of [['/api/v1/pumps/P0/readings?from=2014-01-01', 'text/csv'], ['/api/v1/alerts', 'text/csv'], ['/api/v1/alert-runs', 'text/csv'], ['/api/v1/stats', 'text/csv'], ['/api/v1/rejects', 'text/csv'], ['/api/v1/rejects?source=none', 'application/json'], ['/api/v1/rejects?source=rare.csv', 'text/csv']]) {
    for (const encoding of ['identity', 'gzip']) {
    let going = true;
    const began = performance.now();
    const done = site.get(path, { accept, 'accept-encoding': encoding }).then(async (r) => { let bytes = 0; for await (const c of r.body!) bytes += c.length; going = false; return bytes; });
    const waits: number[] = [];
    while (going) { const t = performance.now(); await site.json('/api/v1/me'); waits.push(performance.now() - t); }
    const bytes = await done;
    waits.sort((a, b) => a - b);
    console.log(path, encoding, bytes, 'took', Math.round(performance.now() - began), 'me n', waits.length, 'p50', waits[waits.length >> 1].toFixed(1), 'max', waits.at(-1)!.toFixed(1));
    }
  }
  expect(1).toBe(1);
}, 300_000);
