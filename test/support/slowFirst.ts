import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take half a minute and more, most of it waiting: the longest first. */
const SLOW = [
  'faults/hbase',
  'app/copy/command',
  'faults/kill',
  'storage/hbase/table',
  'deploy/hbase',
  'app/store/hbase',
  'faults/chaos',
  'faults/shutdown',
  'app/cli/commands/commands',
  'app/store/openTable',
  'storage/hbase/steps',
  'app/web/daily',
  'app/web/pump',
  'app/web/page',
  'app/doctor/hbase',
  'app/http/httpSide',
  'app/web/alerts',
  'ingest/job/job',
];

/** Begins with what takes longest: what is begun last, everybody waits for. A fresh clone remembers no durations. */
export default class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => SLOW.findIndex((name) => moduleId.endsWith(`test/${name}.test.ts`));
    const slow = files.filter((file) => place(file) >= 0).sort((a, b) => place(a) - place(b));
    return [...slow, ...(await super.sort(files.filter((file) => place(file) < 0)))];
  }
}
