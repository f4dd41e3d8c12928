import type { FastifyRequest } from 'fastify';
import type { Api } from './api.ts';
import { CSV_TYPE, JSON_TYPE, preferredType } from './negotiation.ts';
import { HttpProblem } from './problems.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The media type in which the answer is wanted. */
    form: string;
  }
  interface FastifyContextConfig {
    /** The media types in which an answer comes, the usual one first; JSON alone when absent. */
    readonly forms?: readonly string[];
  }
}

/** The forms of a list that people take into a spreadsheet. */
export const LIST_FORMS = [JSON_TYPE, CSV_TYPE];

/**
 * Adds to `api` a hook that picks the form of each answer, as `Accept` asks, and tells caches to ask again each time. Throws
 * NOT_ACCEPTABLE when the route has no form that is wanted.
 */
export function negotiateForms(api: Api): void {
  api.decorateRequest('form', '');
  api.addHook('onRequest', async (request, reply) => {
    const { forms = [JSON_TYPE] } = request.routeOptions.config;
    const form = preferredType(request.headers.accept, forms) ?? forBrowser(request, forms);
    if (form === undefined)
      throw new HttpProblem('NOT_ACCEPTABLE', `Expected to be asked for ${forms.join(' or ')}, got Accept: ${request.headers.accept}`);
    if (forms.length > 1) reply.header('vary', 'accept');
    // It may have changed, and it is for whoever showed a token.
    reply.header('cache-control', 'private, no-cache');
    request.form = form;
  });
}

/** Whoever follows a link wants a page; JSON is what a browser shows as well. */
function forBrowser({ headers }: FastifyRequest, forms: readonly string[]): string | undefined {
  return preferredType(headers.accept, ['text/html']) === undefined ? undefined : forms.find((form) => form === JSON_TYPE);
}

/** Whether the answer is wanted as CSV. */
export function wantsCsv({ form }: FastifyRequest): boolean {
  return form === CSV_TYPE;
}
