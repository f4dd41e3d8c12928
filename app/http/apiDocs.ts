import swagger, { type SwaggerTransform } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { packageVersion } from '../config/packageRoot.ts';
import type { Api } from './api.ts';
import { PROBLEM_TYPE } from './problems.ts';
import { problem } from './schemas/problem.ts';

/** What every route may answer with beside what it is for. */
const PROBLEM_ANSWER = { description: 'What is wrong', content: { [PROBLEM_TYPE]: { schema: problem } } };

/** As for the page, with the pictures that Swagger UI's style sheet holds, and the one style element that it makes. */
const DOCS_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; connect-src " +
  "'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const TITLE = 'wellwatch API';
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 32" width="150" height="32"><text x="0" y="23" font-family="sans-serif" ' +
    'font-size="20" fill="#fff">wellwatch API</text></svg>';
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#2b343b"/><text x="16" y="23" ' +
    'text-anchor="middle" font-family="sans-serif" font-size="20" fill="#fff">w</text></svg>';
const SVG_TYPE = 'image/svg+xml';

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

/** The description as a page, at `/api/docs`. */
export function serveDocs(api: Api): void {
  void api.register(swaggerUi, {
    routePrefix: '/api/docs', staticCSP: DOCS_POLICY, uiConfig: { docExpansion: 'list', validatorUrl: null },
    logo: { type: SVG_TYPE, content: LOGO },
    theme: { title: TITLE, favicon: [{ filename: 'icon.svg', rel: 'icon', type: SVG_TYPE, sizes: 'any', content: ICON }] },
  });
}

const withProblems: SwaggerTransform = (route) => {
  const { schema } = route;
  if (!schema) return route;
  const response = { ...(schema.response as Readonly<Record<string, unknown>> | undefined), default: PROBLEM_ANSWER };
  return jsonSchemaTransform({ ...route, schema: { ...schema, response } });
};
