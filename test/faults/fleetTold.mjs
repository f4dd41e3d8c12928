// Whom a fleet tells of alarms, for fleet.mjs: a webhook that keeps what it was sent, and rows of a recent past.
import { createServer } from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const HOUR_MS = 3_600_000;
/** Nobody is told of what was over 47 hours ago: the oldest rows are younger, whenever they are looked at. */
const KEPT_MS = 40 * HOUR_MS;
/** The newest rows are older than `alarms.late`, so that how they are told does not depend on when they come. */
const AGE_MS = 3 * HOUR_MS;

/** A server that takes each message, and remembers it by its id: a second one with the same id is the same message. */
export async function startHook() {
  const messages = new Map();
  const hook = { messages, posts: 0, url: '', close: () => undefined };
  const server = createServer((request, response) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece)).on('end', () => {
      hook.posts++;
      messages.set(request.headers['webhook-id'], JSON.parse(Buffer.concat(pieces).toString()));
      response.writeHead(204).end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  hook.url = `http://127.0.0.1:${server.address().port}/`;
  hook.close = () => server.close();
  return hook;
}

/** What was said of each alarm of a pump, by pump, rule and beginning, in the order in which it came. */
export function toldOf({ messages }) {
  const told = new Map();
  for (const { type, data: { alarm, alarms } } of messages.values()) {
    for (const { saying = type.slice('alarm.'.length), pump, rule, from } of alarms ?? (alarm ? [alarm] : [])) {
      if (pump === '') continue;
      const key = `${pump} ${rule} ${from}`;
      told.set(key, [...(told.get(key) ?? []), saying]);
    }
  }
  return told;
}

/** Whether somebody was told that each alarm is over, and nothing twice. */
export function isWhole(sayings) {
  return ['cleared', 'found', 'raised cleared', 'raised found'].includes(sayings.join(' '));
}

/** The rows of a folder as CSV files by name: at other times, so that the newest are some hours old, and without the oldest. */
export function recentRows(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.csv')).sort();
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter((line) => line !== ''));
  const timeOf = (line) => {
    const [, day, clock] = line.split(',');
    const [month, date, year] = day.split('/').map(Number);
    const [hour, minute] = clock.split(':').map(Number);
    return Date.UTC(year < 100 ? 2000 + year : year, month - 1, date, hour, minute);
  };
  const isHead = (line) => /^resourceid,/i.test(line);
  const newest = texts.flat().filter((line) => !isHead(line)).reduce((last, line) => Math.max(last, timeOf(line)), -Infinity);
  const shift = Math.floor((Date.now() - AGE_MS - newest) / 60_000) * 60_000;
  const moved = (line) => {
    const [pump, , , ...values] = line.split(',');
    const at = new Date(timeOf(line) + shift);
    return [pump, `${at.getUTCMonth() + 1}/${at.getUTCDate()}/${at.getUTCFullYear()}`, `${at.getUTCHours()}:${String(at.getUTCMinutes()).padStart(2, '0')}`, ...values].join(',');
  };
  const kept = (line) => timeOf(line) + shift > Date.now() - KEPT_MS;
  return new Map(files.map((name, i) => [name, texts[i].filter((line) => isHead(line) || kept(line)).map((line) => (isHead(line) ? line : moved(line)))]));
}
