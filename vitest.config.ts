import { defineConfig } from 'vitest/config';
import SlowFirst from './test/support/slowFirst.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They only bound how long a test fails: far more than anything takes on a busy machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // Programs, brokers, browsers and stores meet chance on a busy machine. What passed only at a second try is named at the end.
    retry: process.env.CI ? 1 : 0,
    globalSetup: ['./test/support/hbaseOfRun.ts'],
    pool: 'forks',
    // More than a small machine has processors: much of the time goes into waiting for disks, programs, brokers and stores.
    maxWorkers: 4,
    sequence: { sequencer: SlowFirst },
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
