/** Which methods there are for a path: a path that is known for another one is a 405, not a 404. */
export class PathMethods {
  readonly #routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];

  /** Adds a route as it is registered: `/pumps/:pump`, `/rejects/:number(^\d+$)`. One for whatever comes (`*`) says nothing. */
  add({ url, method }: { readonly url: string; readonly method: string | readonly string[] }): void {
    if (url.includes('*')) return;
    this.#routes.push({ pattern: new RegExp(`^${url.split('/').map(patternOf).join('/')}$`), methods: [method].flat() });
  }

  /** The methods of a path, in order of the alphabet. */
  of(path: string): string[] {
    const methods = this.#routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

/** A part of a path: a parameter takes what its own pattern allows, or anything. */
function patternOf(part: string): string {
  if (!part.startsWith(':')) return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return /\(\^(.+)\$\)$/.exec(part)?.[1] ?? '[^/]+';
}
