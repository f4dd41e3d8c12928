import { Agent, request } from 'node:http';
import { MEASURES } from '../../../domain/reading/measures.ts';
import { readingKey } from '../../../domain/reading/rowKey.ts';
import { readRows } from '../hbaseRows.ts';

/*
 * The limit of the table in HBase: `hbase.js URL TABLE FILE` makes a table, posts bodies that were prepared before,
 * as many rows and requests at a time as the table does, then reads all of it with a stateful scanner and looks at
 * nothing but the number of rows. Prints the times of both in ms.
 */
const [url, table, file] = process.argv.slice(2);
const REQUESTS = 3;
const ROWS_A_PUT = 2000;
const agent = new Agent({ keepAlive: true });
const json = { 'content-type': 'application/json', accept: 'application/json' };

function call(method: string, target: string, body?: Buffer): Promise<{ status: number; location: string | undefined; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = request(target, { method, agent, headers: { ...json, ...(body ? { 'content-length': body.length } : {}) } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, location: answer.headers.location, bytes: Buffer.concat(chunks) }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const receivedAt = Date.now();
const columns = MEASURES.map((measure) => Buffer.from(`data:${measure}`).toString('base64'));
const value = Buffer.alloc(8);
const rows = readRows(file).map(({ pump, time, values }) => ({
  key: Buffer.from(readingKey(pump, time)).toString('base64'),
  Cell: values.map((one, c) => {
    value.writeDoubleBE(one);
    return { column: columns[c], timestamp: receivedAt, $: value.toString('base64') };
  }),
}));
const bodies: Buffer[] = [];
for (let from = 0; from < rows.length; from += ROWS_A_PUT)
  bodies.push(Buffer.from(JSON.stringify({ Row: rows.slice(from, from + ROWS_A_PUT) })));
await call(
  'PUT',
  `${url}/${table}/schema`,
  Buffer.from(JSON.stringify({ name: table, ColumnSchema: ['data', 'alerts', 'stats'].map((name) => ({ name, VERSIONS: '1' })) })),
);

const putAt = performance.now();
let next = 0;
const lane = async () => {
  while (next < bodies.length) {
    const { status, bytes } = await call('PUT', `${url}/${table}/batch`, bodies[next++]);
    if (status !== 200) throw new Error(`put: ${status} ${bytes.toString('utf8', 0, 200)}`);
  }
};
await Promise.all(Array.from({ length: REQUESTS }, lane));
const putMs = performance.now() - putAt;

const scanAt = performance.now();
const { location } = await call(
  'PUT',
  `${url}/${table}/scanner`,
  Buffer.from(JSON.stringify({ batch: 6 * ROWS_A_PUT, caching: ROWS_A_PUT, column: [Buffer.from('data').toString('base64')] })),
);
let scanned = 0;
for (let page = await call('GET', location!); page.status === 200; page = await call('GET', location!)) {
  scanned += (JSON.parse(page.bytes.toString()) as { Row: unknown[] }).Row.length;
}
await call('DELETE', location!);
const scanMs = performance.now() - scanAt;
agent.destroy();
if (scanned !== rows.length) throw new Error(`put ${rows.length} rows, scanned ${scanned}`);
console.log(JSON.stringify({ rows: rows.length, putMs, scanMs }));
