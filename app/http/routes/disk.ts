import { diskText, forecastText } from '../../../domain/disk/diskText.ts';
import type { Api } from '../api.ts';
import type { LiveState } from '../liveState.ts';
import { HttpProblem } from '../problems.ts';
import { disk, type Disk } from '../schemas/disk.ts';

/** `disk`: what lies on the disk by day, and when it is full. */
export function diskRoutes(api: Api, { live }: { readonly live: LiveState }): void {
  const schema = { tags: ['streaming'], summary: 'What lies on the disk by day, and when it is full', response: { 200: disk } };
  api.get('/disk', { schema }, async (): Promise<Disk> => {
    const use = live.status.disk;
    if (!use) throw new HttpProblem('NOT_FOUND', 'The job has not looked at the disk yet: it does so within a second of its start');
    return { ...use, days: [...use.days], sentences: [diskText(use), forecastText(use)] };
  });
}
