/**
 * Runs something with a signal that is aborted as soon as another one is, or when it has taken so many ms, then with a TimeoutError.
 * It is no AbortSignal.any of a timeout, as Node 20 lets garbage collection take that away while somebody waits for it.
 */
export async function withDeadline<T>(signal: AbortSignal, ms: number, action: (until: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort(signal.reason);
  const late = setTimeout(() => controller.abort(new DOMException(`it took more than ${ms} ms`, 'TimeoutError')), ms);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await action(controller.signal);
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', stop);
  }
}
