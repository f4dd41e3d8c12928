import { z } from 'zod';
import type { Config } from '../../config/types.ts';
import type { Api } from '../api.ts';
import { whyDead, whyNotReady } from '../health.ts';
import type { LiveState } from '../liveState.ts';
import { HttpProblem } from '../problems.ts';

const OPEN = { tags: ['operation'], security: [] };
const alive = z.object({ status: z.literal('alive') });
const ready = z.object({ status: z.literal('ready') });

/** For whoever starts the process again, and for whoever sends rows to it. Open to everybody. */
export function healthRoutes(api: Api, { live, config }: { readonly live: LiveState; readonly config: Config }): void {
  api.get(
    '/healthz',
    { schema: { ...OPEN, summary: 'Whether the process and its job live', response: { 200: alive } } },
    async (_request, reply) => {
      const reason = whyDead(live);
      if (reason !== undefined)
        throw new HttpProblem('NOT_READY', `${sentence(reason)}. Start wellwatch again: what was acknowledged is not lost`);
      reply.header('cache-control', 'no-store');
      return { status: 'alive' as const };
    },
  );

  api.get(
    '/readyz',
    { schema: { ...OPEN, summary: 'Whether rows that come now are soon in the table', response: { 200: ready } } },
    async (_request, reply) => {
      const reasons = whyNotReady(live, config, Date.now());
      if (reasons.length > 0) throw new HttpProblem('NOT_READY', `${sentence(reasons.join('; '))}. "wellwatch status" says more`);
      reply.header('cache-control', 'no-store');
      return { status: 'ready' as const };
    },
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
