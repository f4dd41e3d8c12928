import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import swagger, { type SwaggerTransform } from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { packageVersion } from '../config/packageRoot.ts';
import type { Api } from './api.ts';
import type { DescribedApi } from './docs/describedApi.ts';
import { docsPage } from './docs/docsPage.ts';
import { PROBLEM_TYPE } from './problems.ts';
import { problem } from './schemas/problem.ts';

/** What every route may answer with beside what it is for. */
const PROBLEM_ANSWER = { description: 'What is wrong', content: { [PROBLEM_TYPE]: { schema: problem } } };

const TITLE = 'wellwatch API';
/** Collects what there is as OpenAPI 3.1: routes that have tags. To be called before they are registered. */
export function describeApi(api: Api): void {
  void api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: TITLE,
        version: packageVersion(),
        description:
          'Readings, alerts and statistics of oil pumps, and how the streaming job is doing. Times of readings are those of the ' +
          'site’s wall clock, in no zone. Numbers that JSON has no word for are null.',
      },
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'Made by "wellwatch token add". Not needed on a loopback address as long as there are none.',
          },
        },
      },
      security: [{ token: [] }, {}],
    },
    hideUntagged: true,
    transform: withProblems,
  });
}

/** The description as a page at `/api/docs`, in the page's own look, and for programs at `/api/docs/json` and `/api/docs/yaml`. */
export function serveDocs(api: Api, pageFolder: string): void {
  const hidden = { schema: { hide: true } };
  api.get('/api/docs', hidden, async ({ protocol, host }, reply) => {
    const styles = [...(await builtStyles(pageFolder)), '/docs.css'];
    return reply.type('text/html; charset=utf-8').send(docsPage(api.swagger() as unknown as DescribedApi, { origin: `${protocol}://${host}`, styles }));
  });
  api.get('/api/docs/json', hidden, async () => api.swagger());
  api.get('/api/docs/yaml', hidden, async (_request, reply) => reply.type('application/yaml').send(api.swagger({ yaml: true })));
}

/** The style sheets of the built page; where it is not built the description is read without. */
async function builtStyles(folder: string): Promise<string[]> {
  const html = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined);
  return [...(html ?? '').matchAll(/<link rel="stylesheet"[^>]* href="([^"]+)"/g)].map(([, href]) => href);
}

const withProblems: SwaggerTransform = (route) => {
  const { schema } = route;
  if (!schema) return route;
  const response = { ...(schema.response as Readonly<Record<string, unknown>> | undefined), default: PROBLEM_ANSWER };
  return jsonSchemaTransform({ ...route, schema: { ...schema, response } });
};
