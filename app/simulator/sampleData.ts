import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DAY_MS, formatDay, parseDay } from '../../domain/reading/wallClock.ts';
import { CORRUPTIONS, UNCLOSED_QUOTE } from './corruption.ts';
import { ReadingGenerator } from './generator.ts';
import { FIELD } from './pumps.ts';
import { contactsFile, maintenanceFile, vendorFile } from './referenceFiles.ts';

const SEED = 2026;
const FIRST_DAY = parseDay('2026-10-05')!;
const DAYS = 3;
const ROWS_A_DAY = 960 * FIELD.length;
const GOOD_ROWS = 4;

/** The packaged sample data: contents by path within `data/`. Always the same bytes. */
export function sampleFiles(): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const generator = new ReadingGenerator({ rows: ROWS_A_DAY * DAYS, seed: SEED, pumps: FIELD.length, start: FIRST_DAY * DAY_MS });
  for (let day = FIRST_DAY; day < FIRST_DAY + DAYS; day++) {
    files.set(`readings/${formatDay(day)}.csv`, Buffer.concat([...generator.csv(ROWS_A_DAY)]));
  }
  files.set('reference/sensorvendor.csv', Buffer.from(vendorFile()));
  files.set('reference/sensormaint.csv', Buffer.from(maintenanceFile(SEED)));
  files.set('reference/contacts.csv', Buffer.from(contactsFile()));
  files.set('bad/bad.csv', badFile());
  return files;
}

/** Writes the sample data into a folder. */
export function writeSampleData(dir: string): void {
  for (const [path, content] of sampleFiles()) {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** A row of every bad kind, and a few good ones among them, on the day after the sample. */
function badFile(): Buffer {
  const kinds = [...CORRUPTIONS, UNCLOSED_QUOTE];
  const generator = new ReadingGenerator({ rows: kinds.length + GOOD_ROWS, seed: SEED, start: (FIRST_DAY + DAYS) * DAY_MS });
  const good = Array.from(generator.lines(kinds.length + GOOD_ROWS), ({ line }) => line);
  const rows = good.splice(0, 1);
  for (const { spoil } of kinds) {
    rows.push(spoil(good.shift()!.toString().split(',')));
    if (rows.length % 10 === 0) rows.push(good.shift()!);
  }
  return Buffer.concat([...rows, ...good].flatMap((row) => [row, Buffer.from('\n')]));
}
