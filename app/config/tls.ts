import { z } from 'zod';
import { mapping, path } from './fields.ts';

/** Paths of PEM files: who is trusted, and who we are. */
export const tlsSection = () => z.strictObject({ ca: path().optional(), cert: path().optional(), key: path().optional() }, mapping());

/** Paths of PEM files, as they were written. */
export type WrittenTls = z.output<ReturnType<typeof tlsSection>>;

/** What is wrong with TLS files that stand beside a URL. `scheme` is the one that encrypts. */
export function tlsProblems(tls: WrittenTls | undefined, url: URL, scheme: 'https' | 'mqtts'): string[] {
  if (!tls) return [];
  return [
    ...(url.protocol === `${scheme}:` ? [] : [`expected only with an ${scheme}:// URL; the connection would not be encrypted`]),
    ...((tls.cert === undefined) === (tls.key === undefined)
      ? []
      : [`expected cert and key together, got only ${tls.cert === undefined ? 'key' : 'cert'}`]),
  ];
}
