import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

const SHORT_S = 10;

/** Writes durations.json anew: `npx vitest run --reporter=./test/support/recordDurations.ts` on a quiet machine. */
export default class RecordDurations implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const seconds = modules
      .map((module): [string, number] => [module.moduleId.replace(/^.*\/test\//, ''), secondsOf(module)])
      .filter(([, duration]) => duration >= SHORT_S)
      .sort(([, a], [, b]) => b - a);
    writeFileSync(new URL('durations.json', import.meta.url), `${JSON.stringify(Object.fromEntries(seconds), null, 2)}\n`);
  }
}

/** With its hooks, in which browsers and HBase start. */
function secondsOf(module: TestModule): number {
  const { duration, setupDuration, collectDuration } = module.diagnostic();
  return Math.round((duration + setupDuration + collectDuration) / 1000);
}
