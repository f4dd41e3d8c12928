import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Below it lie the HBases of this run, one a folder; made when the first starts. */
    hbaseDir: string;
    /** The process id of the whole run. */
    testRun: number;
  }
}

/** Names the place where test files start HBases, and ends all of them after the last. */
export default function setup(project: TestProject): () => void {
  const hbaseDir = join(tmpdir(), `wellwatch-hbase-${process.pid}-${Date.now()}`);
  project.provide('hbaseDir', hbaseDir);
  project.provide('testRun', process.pid);
  return () => {
    if (!existsSync(hbaseDir)) return;
    const launcher = fileURLToPath(new URL('../../deploy/hbase/hbase', import.meta.url));
    for (const name of readdirSync(hbaseDir))
      spawnSync(launcher, ['kill', join(hbaseDir, name)], { stdio: ['ignore', 'ignore', 'inherit'] });
    rmSync(hbaseDir, { recursive: true, maxRetries: 3 });
  };
}
