import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { counted } from '../../domain/counted.ts';
import { AppError, messageOf } from '../../domain/errors.ts';
import { formatDay, today } from '../../domain/reading/wallClock.ts';
import { JOURNAL_STATE, pendingRows } from '../../ingest/receivers/journalProgress.ts';
import { contactsOf } from '../../domain/pump/contacts.ts';
import type { Reference } from '../../domain/pump/reference.ts';
import { readReference } from '../../ingest/reference/readReference.ts';
import { damagedPieces } from '../../storage/journal/keptAside.ts';
import type { Json } from '../../storage/table/state.ts';
import type { Table } from '../../storage/table/table.ts';
import type { Config } from '../config/types.ts';
import { isLeftBehind } from '../copy/leftBehind.ts';
import { COPY_STATE, copyPlace } from '../copy/place.ts';
import { isElsewhere, openTable } from '../store/openTable.ts';
import { isRunning } from '../../storage/files/instanceLock.ts';
import { AHEAD_FIX, aheadText, receiptAheadMs } from '../store/receiptAhead.ts';
import { tableDir } from '../store/storeDirs.ts';
import { failed, type Finding, ok, warning } from './finding.ts';

/** The state of a table that has no ledger here. */
const NOTHING_KNOWN: Pick<Table, 'state'> = { state: () => Promise.resolve<ReadonlyMap<string, Json>>(new Map()) };

/** The oldest Node.js that the package takes. */
const NODE = [20, 19] as const;

/** The version of Node.js. */
export function checkNode(version = process.versions.node): Finding[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NODE[0] || (major === NODE[0] && minor >= NODE[1])) return [ok('node', `Node.js ${version}`)];
  return [failed('node', `expected Node.js ${NODE.join('.')} or newer, got ${version}`, 'install a newer Node.js')];
}

/** What day it is at the site: a wrong zone is seen at a glance. */
export function checkTimezone({ site: { timezone } }: Config, now = new Date()): Finding[] {
  return [ok('timezone', `${timezone}: today is ${formatDay(today(now, timezone))} there`)];
}

/** Table and journal: they open, their format is ours, and what waits is on its way. HBase itself has a check of its own. */
export async function checkStore(config: Config): Promise<Finding[]> {
  return [...(await tableFindings(config)), ...damageFindings(config)];
}

/** What the journal could not read of itself. */
function damageFindings({ dataDir }: Config): Finding[] {
  return damagedPieces(join(dataDir, 'journal')).map((path) =>
    failed(
      'journal',
      `${path} keeps bytes of the journal that the disk has changed: rows that were acknowledged may be among them`,
      'look at the disk, send again what the senders still have of that time, and then move the file away',
    ),
  );
}

async function tableFindings(config: Config): Promise<Finding[]> {
  const check = 'store';
  if (isElsewhere(config))
    return [
      ok(check, 'HBase; what is kept beside it on this disk is made by the first run'),
      ...(await copyFindings(config, NOTHING_KNOWN)),
    ];
  try {
    const table = await openTable(config, { mode: 'reader' });
    try {
      const pumps = await table.pumps();
      const pending = pendingRows(join(config.dataDir, 'journal'), await table.state(JOURNAL_STATE));
      const running = await isRunning(config.dataDir);
      const waiting = `${counted(pending, 'row')} in the journal ${pending === 1 ? 'waits' : 'wait'} for the table`;
      const journal =
        pending === 0 || running ? [] : [warning('journal', waiting, 'start "wellwatch run", or take them with "wellwatch run --once"')];
      const job = running ? ', a job is running' : '';
      const what = config.store.kind === 'embedded' ? 'embedded table' : 'table in HBase';
      const made = config.store.kind === 'hbase' || existsSync(tableDir(config.dataDir));
      return [
        ok(check, made ? `${what} with ${counted(pumps.length, 'pump')}${job}` : `${what}, empty until the first run`),
        ...journal,
        ...(await clockFindings(table)),
        ...(await copyFindings(config, table)),
      ];
    } finally {
      await table.close();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [failed(check, messageOf(error), 'see what the message asks for; nothing was changed')];
  }
}

/** A clock that was ahead once. */
async function clockFindings(table: Pick<Table, 'state'>, now = Date.now()): Promise<Finding[]> {
  const ahead = await receiptAheadMs(table, now);
  return ahead === 0 ? [] : [warning('clock', aheadText(ahead, now), AHEAD_FIX)];
}

/** What an embedded table has that HBase has not. */
async function copyFindings(config: Config, table: Pick<Table, 'state'>): Promise<Finding[]> {
  const check = 'copy';
  if (copyPlace(await table.state(COPY_STATE))?.done === false)
    return [warning(check, 'a copy of the embedded table into HBase is unfinished', '"wellwatch copy --to hbase" goes on with it')];
  if (!(await isLeftBehind(config, table))) return [];
  return [
    warning(
      check,
      `the readings of the embedded table in ${tableDir(config.dataDir)} are not in HBase, and no command shows them while ` +
      'store.kind is hbase',
      'bring them there with "wellwatch copy --to hbase", while no job runs',
    ),
  ];
}

/** The reference files: there, readable, and naming the pumps that have readings. */
export async function checkReference(config: Config): Promise<Finding[]> {
  const check = 'reference';
  const { pumps, maintenance, contacts } = config.reference;
  const absent = [pumps, maintenance].filter((path) => !existsSync(path));
  if (absent.includes(pumps))
    return [
      warning(
        check,
        `${absent.join(' and ')} ${absent.length === 1 ? 'is' : 'are'} absent: every pump is unknown`,
        'put them there, or set reference.pumps and reference.maintenance',
      ),
    ];
  try {
    const reference = await readReference({ pumps, maintenance, contacts, required: false });
    const events = [...reference.maintenance.values()].reduce((sum, history) => sum + history.length, 0);
    return [
      ok(check, `${counted(reference.pumps.size, 'pump')}, ${counted(events, 'maintenance event')}`),
      ...contactFindings(reference, contacts),
    ];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [failed(check, messageOf(error), 'correct the file; until then the last good version is used')];
  }
}

/** Whether a number or an address is known of those who made the pumps, and who were there last. */
function contactFindings(reference: Reference, path: string | undefined): Finding[] {
  if (path === undefined) return [];
  const check = 'contacts';
  const people = [...reference.pumps.keys()].flatMap((pump) => contactsOf(pump, reference));
  const missing = [...new Set(people.filter(({ phone, mail }) => phone === null && mail === null).map(({ name }) => name))];
  const known = counted(reference.contacts.size, 'contact');
  if (missing.length === 0) return [ok(check, `${known}, and nobody is missing`)];
  return [warning(check, `${known}; not among them ${missing.length === 1 ? 'is' : 'are'} ${listed(missing)}`, `add a line "name,phone,mail" for each to ${path}`)];
}

const NAMED = 10;

function listed(names: readonly string[]): string {
  return `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}`;
}
