import { z } from 'zod';
import { hasHost } from './brokerUrl.ts';
import { durationFrom, durationOrNone, from, oneOf, secretText, section, text } from './fields.ts';
import { headers } from './headers.ts';
import { shown } from './issues.ts';
import { tlsSection } from './tls.ts';

/** Used when `store.url` and the like are absent. */
export const STORE_DEFAULTS = { url: 'http://127.0.0.1:8080', table: 'sensor', timeout: 10_000 } as const;

/** The section `store` as it is written. */
export const storeSection = section({
  kind: oneOf(['embedded', 'hbase']).default('embedded'),
  url: gateways().default([STORE_DEFAULTS.url]),
  shared: z.boolean({ error: (issue) => `expected true or false, got ${shown(issue.input)}` }).default(false),
  table: text('a table name of letters, digits, dot, dash and underscore', 128, /^(\w[\w.-]*:)?\w[\w.-]*$/).default(STORE_DEFAULTS.table),
  timeout: durationFrom(1, '1ms').default(STORE_DEFAULTS.timeout),
  username: text('a user name without a colon', 1024, /^[^\p{Cc}:]+$/u).optional(),
  password: z.string().optional(),
  token: secretText('a bearer token, one line without blanks', /^[!-~]{1,16384}$/).optional(),
  tls: tlsSection().optional(),
  headers: headers().optional(),
  ttl: section({ data: durationOrNone().default(null), alerts: durationOrNone().default(null) }),
});

/** The section as it is written, valid by itself. */
export type WrittenStore = z.output<typeof storeSection>;

/** A URL or a list of some, or one text with commas between them, as environment variables have it. */
function gateways() {
  return from('a URL such as http://127.0.0.1:8080', (value) => {
    const list: unknown[] = typeof value === 'string' ? value.split(',').map((url) => url.trim()) : Array.isArray(value) ? value : [];
    return list.length > 0 && list.every((url): url is string => typeof url === 'string' && isWebUrl(url)) ? list : undefined;
  });
}

function isWebUrl(url: string): boolean {
  return /^https?:\/\//.test(url) && hasHost(url);
}
