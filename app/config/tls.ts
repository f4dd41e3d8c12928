/** Paths of PEM files, as they were written. */
export interface WrittenTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

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
