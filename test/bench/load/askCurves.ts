import { FIELD } from '../../../app/simulator/pumps.ts';
import { DAY_MS, formatTime } from '../../../domain/reading/wallClock.ts';
import { Asker } from './ask.ts';
import { paced } from './paced.ts';

/*
 * `askCurves.js URL SECONDS FROM TO` asks for curves of all pumps, 50 times a second: a third are the last 24 h, the others
 * a day, a week, a month or all of the range FROM–TO (wall times, ms). Prints the ms of each answer as JSON.
 */
const [, , url, seconds, from, to] = process.argv;
const DAYS = [undefined, 1, 7, undefined, 30, Infinity];
const STEP_MS = 1_234_567;

/** The range of a question: always another one. */
function range(number: number): string {
  const days = DAYS[number % DAYS.length];
  if (days === undefined) return '';
  const length = Math.min(days * DAY_MS, Number(to) - Number(from));
  const room = Number(to) - Number(from) - length;
  const start = Number(from) + (room > 0 ? (number * STEP_MS * 97) % room : 0);
  return `?from=${formatTime(start)}&to=${formatTime(start + length)}`;
}

const asker = new Asker(url);
const latencies = await paced({ perSecond: 50, seconds: Number(seconds) }, (number) =>
  asker.ask(`/api/v1/pumps/${FIELD[number % FIELD.length].id}/readings${range(number)}`),
);
console.log(JSON.stringify(latencies));
process.exit();
