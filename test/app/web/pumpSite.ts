import { minutes, type RunningSite, startSite } from '../../support/runningSite.ts';

const MORNING = '2014-03-14T08:00';

/** An id that would run a script where it is taken for HTML. No vendor file lists it. */
export const STRANGE = '<img src=x onerror=alert(1)>_1';

/** So many readings, one a minute, each with what its minute gives. */
const psi = (count: number, at: (minute: number) => number): number[] => Array.from({ length: count }, (_, minute) => at(minute));
const usual = (minute: number): number => 80 + (minute % 10);

const VENDOR = 'HYDROPUMP,11/27/10,3/15/11,HYDROCAM,29.687276,-91.162492';

/** A site in which each pump has something of its own to show. BUTTE is listed and has no reading. */
export async function sitePumps(): Promise<RunningSite> {
  const site = await startSite({
    pumps: [`COHUTTA,${VENDOR}`, `BUTTE,${VENDOR}`],
    maintenance: ['COHUTTA,3/15/11,J.Thomas,Install', 'COHUTTA,3/13/14,D.Pitre,Bearing seal'],
  });
  await site.take('a.csv', [
    // Readings until 10:59; a gap of two hours; readings from 13:00 to 13:59, the last 40 of which are zero.
    ...minutes('COHUTTA', MORNING, psi(180, usual)),
    ...minutes('COHUTTA', '2014-03-14T13:00', psi(60, (minute) => (minute < 20 ? usual(minute) : 0))),
    // 600 runs of alerts, of one reading each: more than can be drawn.
    ...minutes('FLAPPING', MORNING, psi(1201, (minute) => (minute % 2 === 0 ? 80 : 4.96))),
    // Far lower from one minute to the next.
    ...minutes('STEP', MORNING, psi(120, (minute) => (minute < 60 ? 100 : 20 + (minute % 10)))),
    ...minutes('BUSY', MORNING, psi(120, usual)),
    ...minutes(STRANGE, MORNING, [85, 85, 2]),
    // One value that no scale can hold.
    ...minutes('WILD', MORNING, psi(60, (minute) => (minute === 30 ? 1e9 : usual(minute)))),
  ]);
  return site;
}
