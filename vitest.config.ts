import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['./test/hbaseOfRun.ts'],
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', './test/closing-line.ts'],
  },
});
