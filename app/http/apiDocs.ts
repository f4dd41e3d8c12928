import swagger, { type SwaggerTransform } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { packageVersion } from '../packageRoot.ts';
import type { Api } from './api.ts';
import { PROBLEM_TYPE } from './problems.ts';
import { problem } from './schemas/problem.ts';

/** What every route may answer with beside what it is for. */
const PROBLEM_ANSWER = { description: 'What is wrong', content: { [PROBLEM_TYPE]: { schema: problem } } };

/** As for the page, with the pictures that Swagger UI's style sheet holds, and the one style element that it makes. */
const DOCS_POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Collects what there is as OpenAPI 3.1: routes that have tags. To be called before they are registered. */
export function describeApi(api: Api): void {
  void api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'wellwatch', version: packageVersion(), description: 'Readings, alerts and statistics of oil pumps, and how the streaming job is doing. Times of readings are those of the site’s wall clock, in no zone. Numbers that JSON has no word for are null.' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'Made by "wellwatch token add". Not needed on a loopback address as long as there are none.' } } },
      security: [{ token: [] }, {}],
    },
    hideUntagged: true,
    transform: withProblems,
  });
}

/** The description as a page, at `/api/docs`. */
export function serveDocs(api: Api): void {
  void api.register(swaggerUi, { routePrefix: '/api/docs', staticCSP: DOCS_POLICY, uiConfig: { docExpansion: 'list', validatorUrl: null } });
}

const withProblems: SwaggerTransform = (route) => {
  const { schema } = route;
  if (!schema) return route;
  const response = { ...(schema.response as Readonly<Record<string, unknown>> | undefined), default: PROBLEM_ANSWER };
  return jsonSchemaTransform({ ...route, schema: { ...schema, response } });
};
