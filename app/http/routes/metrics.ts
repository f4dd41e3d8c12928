import { z } from 'zod';
import type { Api } from '../api.ts';
import { FORMATS, type Metrics } from '../metrics.ts';
import { preferredType } from '../negotiation.ts';

/** What Prometheus scrapes: OpenMetrics for whoever asks for it, its older text for all others. */
export function metricsRoutes(api: Api, metrics: Metrics): void {
  const types = Object.keys(FORMATS);
  const content = Object.fromEntries(types.map((type) => [type, { schema: z.string() }]));
  api.get(
    '/metrics',
    { schema: { tags: ['operation'], summary: 'Metrics for Prometheus', response: { 200: { description: 'All of them', content } } } },
    async (request, reply) => {
      const format = FORMATS[preferredType(request.headers.accept, types) ?? types[0]];
      return reply
        .header('cache-control', 'no-store')
        .type(format)
        .send(await metrics.text(format));
    },
  );
}
