import { Asker } from './ask.ts';
import { paced } from './paced.ts';

/*
 * `askSmall.js URL SECONDS` asks what pages ask all the time, 20 times a second. Prints the ms of each answer as JSON.
 */
const [, , url, seconds] = process.argv;
const PATHS = [
  '/api/v1/me',
  '/api/v1/pumps',
  '/api/v1/alarms?active=true',
  '/api/v1/alarms',
  '/api/v1/balance',
  '/api/v1/windows',
  '/api/v1/streaming/statistics',
  '/healthz',
];

const asker = new Asker(url);
const latencies = await paced({ perSecond: 20, seconds: Number(seconds) }, (number) => asker.ask(PATHS[number % PATHS.length]));
console.log(JSON.stringify(latencies));
process.exit();
