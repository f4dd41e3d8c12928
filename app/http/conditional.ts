import type { Api } from './api.ts';

/**
 * Answers 304 without a body to whoever has it already: `If-None-Match` lists the answer's ETag, or is `*` (RFC 9110
 * §13.1.2). To be called after the ETags are made.
 */
export function answerUnchanged(api: Api): void {
  api.addHook('onSend', async ({ method, headers }, reply, payload) => {
    const etag = reply.getHeader('etag');
    const known = headers['if-none-match'];
    if (
      known === undefined ||
      typeof etag !== 'string' ||
      reply.statusCode !== 200 ||
      !(method === 'GET' || method === 'HEAD') ||
      !holdsTag(known, etag)
    )
      return payload;
    reply.code(304).removeHeader('content-length');
    return null; // a text, also an empty one, would have a length of its own
  });
}

/** Whether a list of ETags holds one, by weak comparison: what is between the quotes counts. */
function holdsTag(list: string, etag: string): boolean {
  if (list.trim() === '*') return true;
  const tags: readonly string[] = list.match(/"[^"]*"/g) ?? [];
  return tags.includes(etag.replace(/^W\//, ''));
}
