import { run, script, spread, type Workspace } from '../harness.ts';
import type { Figure } from '../report.ts';
import type { Sizes } from '../sizes.ts';
import type { WindowsRun } from './windowsOnce.ts';

const MINUTE = 60;
const DAY = 24 * 3600;
const NAMES = { operator: 'reduceByKeyAndWindow', job: 'windows of the job' } as const;
/** A batch costs about the same, whatever the window's length; larger memory costs a little. */
const MOST_RATIO = 2;

/** What a batch costs with windows of a minute and with long ones, every 2 s, and the memory of those. */
export async function measureLongWindows(_: Workspace, { repeats, stream: { manyPumpsSeconds } }: Sizes): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const what of ['operator', 'job'] as const) {
    figures.push(...(await compare({ what, seconds: DAY, pumps: 10, repeats })));
    figures.push(...(await compare({ what, seconds: manyPumpsSeconds, pumps: 1000, repeats })));
  }
  return figures;
}

interface Comparison {
  readonly what: keyof typeof NAMES;
  readonly seconds: number;
  readonly pumps: number;
  readonly repeats: number;
}

async function compare({ what, seconds, pumps, repeats }: Comparison): Promise<Figure[]> {
  const short: WindowsRun[] = [];
  const long: WindowsRun[] = [];
  for (let i = 0; i < repeats; i++) {
    short.push(await windows(what, MINUTE, pumps));
    long.push(await windows(what, seconds, pumps));
  }
  const which = `${NAMES[what]}, ${pumps.toLocaleString('en')} pumps`;
  const heap = spread(long.map(({ heapMb }) => heapMb));
  const figures: Figure[] = [
    {
      goal: 'windows', what: `${which}, a batch with ${named(seconds)}`, unit: 'µs', measured: spread(long.map(({ us }) => us)),
      limit: { name: 'with 1 min', measured: spread(short.map(({ us }) => us)) }, asks: { of: 'ratio', atMost: MOST_RATIO },
    },
    { goal: 'windows', what: `${which}, memory of ${named(seconds)}`, unit: 'MB', measured: heap },
  ];
  if (seconds === DAY) return figures;
  const times = DAY / seconds;
  return [
    ...figures,
    {
      goal: 'windows',
      what: `${which}, memory that 24 h would take (${times} times that)`,
      unit: 'MB',
      measured: spread([heap.median * times]),
    },
  ];
}

async function windows(what: string, seconds: number, pumps: number): Promise<WindowsRun> {
  const { result } = await run<WindowsRun>([
    '--expose-gc',
    '--max-old-space-size=8192',
    script('stream/windowsOnce'),
    what,
    String(seconds),
    String(pumps),
  ]);
  return result;
}

function named(seconds: number): string {
  return seconds >= 3600 ? `${seconds / 3600} h` : `${seconds / 60} min`;
}
