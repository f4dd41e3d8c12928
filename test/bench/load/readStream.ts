import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WARM_UP_MS } from './paced.ts';

/*
 * `readStream.js URL SECONDS READERS` reads the live stream as so many do at once. Prints the events that they got, together,
 * as JSON; fails when one of them is refused or cut.
 */
const [, , url, seconds, readers] = process.argv;
const EVENT = Buffer.from('\nevent: ');

let events = 0;
const agent = new Agent({ maxSockets: Infinity });
for (let reader = 0; reader < Number(readers); reader++) {
  get(`${url}/api/v1/stream`, { agent }, (response) => {
    if (response.statusCode !== 200) fail(`was answered with ${response.statusCode}`);
    response.on('data', (chunk: Buffer) => { events += eventsIn(chunk); });
    response.on('close', () => fail('was cut'));
  }).on('error', (error) => fail(error.message));
}
await sleep(WARM_UP_MS + Number(seconds) * 1000);
console.log(JSON.stringify(events));
process.exit();

/** Those that begin in a piece; one whose name is cut in two is missed. */
function eventsIn(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(EVENT); at >= 0; at = chunk.indexOf(EVENT, at + EVENT.length)) count++;
  return count;
}

function fail(why: string): never {
  throw new Error(`a reader of the live stream ${why}`);
}
