import { expect, it } from 'vitest';
import { openSite } from './site.ts';

it('try', async () => {
  const site = await openSite();
  for (const path of ['/', '/pumps', '/pumps/x', '/nothing', '/api/v1/me', '/api/v1/pumps?limit=x&frob=1', '/api/v1/pumps/%ff', '/api/docs', '/api/docs/json', '/api/v1/balance', '/api/v1/session', '/api/v1/pumps']) {
    const r = await site.get(path);
    console.log(path, r.status, Object.fromEntries(r.headers), (await r.text()).slice(0, 600));
  }
  console.log(site.events);
  expect(1).toBe(1);
});
