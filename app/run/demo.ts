import type { Config } from '../config.ts';
export function startDemo(_o: { config: Config; brokerUrl: string | undefined; signal: AbortSignal; say: (text: string) => void }): { failed: Promise<never> } {
  return { failed: new Promise(() => undefined) };
}
