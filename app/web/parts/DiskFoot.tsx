import type { Disk } from '../../http/schemas/disk.ts';
import { get } from '../api.ts';
import { present } from '../clock.ts';
import { useResource } from '../resource.ts';

/** The server looks each hour. */
const ASK_MS = 900_000;

/** How much lies on the disk, and when it is full. */
export function DiskFoot() {
  const disk = useResource(`disk ${Math.floor(present.value / ASK_MS)}`, (signal) => get<Disk>('/disk', {}, signal));
  if (!disk.value) return disk.error ? <p>How much lies on the disk is not known: {disk.error.message}</p> : null;
  const { sentences, days, forecast } = disk.value;
  const last = days.filter(({ added }) => added !== null).map(({ date, added }) => `${date}: ${(added! / 1e6).toFixed(1)} MB`);
  const urgent = forecast.state === 'over' || (forecast.state === 'full' && forecast.days < 30);
  return (
    <p title={last.length > 0 ? `Added by day\n${last.join('\n')}` : undefined}>
      {urgent && <strong class="bad">▲ </strong>}
      {sentences.join('; ')}
    </p>
  );
}
