/** Which methods there are for a path: a path that is known for another one is a 405, not a 404. */
export class PathMethods {
  readonly #routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];

  /** Adds a route as it is registered: `/api/v1/pumps/:pump`. One for whatever comes (`*`) says nothing. */
  add({ url, method }: { readonly url: string; readonly method: string | readonly string[] }): void {
    if (url.includes('*')) return;
    const pattern = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))).join('/');
    this.#routes.push({ pattern: new RegExp(`^${pattern}$`), methods: [method].flat() });
  }

  /** The methods of a path, in order of the alphabet. */
  of(path: string): string[] {
    const methods = this.#routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}
