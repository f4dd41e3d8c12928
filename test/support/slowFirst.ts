import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Seconds by file below test/; files that take less than ten are left out. They come from a run on two busy processors, some
 * are estimates, so only the order counts: recordDurations.ts writes those of another machine.
 */
export const DURATIONS = JSON.parse(readFileSync(new URL('durations.json', import.meta.url), 'utf8')) as Readonly<Record<string, number>>;

/** Begins with what takes longest: what is begun last, everybody waits for. A fresh clone remembers no durations of its own. */
export default class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = ({ moduleId }: TestSpecification) => DURATIONS[moduleId.replace(/^.*\/test\//, '')] ?? 0;
    const slow = files.filter((file) => seconds(file) > 0).sort((a, b) => seconds(b) - seconds(a));
    return [...slow, ...(await super.sort(files.filter((file) => seconds(file) === 0)))];
  }
}
