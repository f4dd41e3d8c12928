import { defineConfig } from 'vitest/config';
import SlowFirst from './test/support/slowFirst.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    globalSetup: ['./test/support/hbaseOfRun.ts'],
    pool: 'forks',
    // More than a small machine has processors: much of the time goes into waiting for programs, brokers and stores.
    maxWorkers: 3,
    sequence: { sequencer: SlowFirst },
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
