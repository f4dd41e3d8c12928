import { connectAsync } from 'mqtt';
import { formatTime } from '../../../domain/reading/wallClock.ts';
import { paced } from './paced.ts';

/*
 * `publish.js PORT SECONDS` publishes a reading 50 times a second. Prints the ms until each PUBACK as JSON.
 */
const [, , port, seconds] = process.argv;
const PUMP = 'BENCH';
/** Another time in each run. */
const START = Math.floor(Date.now() / 1000) * 1000;

const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4 });
const latencies = await paced({ perSecond: 50, seconds: Number(seconds) }, async (number) => {
  const at = formatTime(START + number * 1000);
  await client.publishAsync(`pumps/${PUMP}/readings`, `${PUMP},${at.slice(0, 10)},${at.slice(11)},10.27,1.73,881,1.56,85,1.94`, { qos: 1 });
});
await client.endAsync();
console.log(JSON.stringify(latencies));
