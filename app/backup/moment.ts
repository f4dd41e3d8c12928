import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { AppError, systemCode } from '../../domain/errors.ts';
import { addCounts, type Counts, NO_COUNTS } from '../../domain/balance.ts';
import { journalPosition } from '../../ingest/receivers/journalProgress.ts';
import type { StoresThen } from '../../storage/lmdb/copyStores.ts';
import type { Environment, Store } from '../../storage/lmdb/environment.ts';
import { type Opened, TableAccess } from '../../storage/lmdb/tableAccess.ts';
import type { Json } from '../../storage/table/state.ts';
import type { Config } from '../config/types.ts';
import { ledgerDir, tableDir } from '../store/storeDirs.ts';
import { filesBelow, inboxFiles } from './inboxFiles.ts';
import { journalFiles } from './journalFiles.ts';
import { closeFiles, type OpenFile, openFile } from './openFile.ts';

/** A table of the data directory, and the state that it had at the moment. */
export interface TableThen extends StoresThen {
  /** Its folder, below the data directory. */
  readonly folder: string;
  readonly environment: Environment;
}

/** The data directory as of one moment. What it holds stays readable until `close`, whatever a running job does meanwhile. */
export interface Moment {
  /** ms since 1970-01-01T00:00Z. */
  readonly at: number;
  readonly tables: readonly TableThen[];
  readonly counts: Counts;
  /** The state of the job. */
  readonly state: ReadonlyMap<string, Json>;
  readonly files: readonly OpenFile[];
  readonly close: () => Promise<void>;
}

const ATTEMPTS = 400;
const PAUSE_MS = 7;
/** Files that live as long as a process, and those of a table, which its snapshot stands for. */
const PASSING = /^(?:.*\.(?:lock|sock|pid|tmp)|status\.json|lock\.mdb|data\.mdb|\.restoring)$/;

/**
 * Takes hold of a data directory as of one moment, beside a running job. The state of the table says which bytes of journal and inbox
 * it has; so the inbox has to be the same right before and right after that state, and what it and the journal hold is opened before
 * anybody else has a turn. A job that moves a file just then makes it look again. Throws STORE_UNAVAILABLE, STORE_DAMAGED.
 */
export async function takeMoment(config: Config): Promise<Moment> {
  const opened = await openTables(config);
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const moment = await tryMoment(config, opened);
      if (moment) return moment;
      await sleep(PAUSE_MS);
    }
  } catch (error) {
    await closeTables(opened);
    throw error;
  }
  await closeTables(opened);
  throw new AppError('STORE_UNAVAILABLE', `the files of ${config.dataDir} and its inbox came and went without a pause, so no moment of ` +
    'them could be had. Nothing was written; try again when fewer files are dropped');
}

interface OpenedTable extends Opened {
  readonly folder: string;
  readonly stores: ReadonlyMap<string, Store>;
}

async function openTables({ dataDir, store }: Config): Promise<OpenedTable[]> {
  const dirs = [tableDir(dataDir), ledgerDir(dataDir)];
  if (store.kind === 'hbase') dirs.reverse(); // the first is the one whose state counts
  const opened: OpenedTable[] = [];
  for (const dir of dirs.filter((each) => existsSync(join(each, 'data.mdb')))) {
    const table = await new TableAccess({ dir, mode: 'reader', ttl: { data: null, alerts: null }, now: Date.now }).open();
    if (table) opened.push({ ...table, folder: basename(dir), stores: await table.environment.everyStore() });
  }
  return opened;
}

async function closeTables(opened: readonly OpenedTable[]): Promise<void> {
  for (const { environment } of opened) await environment.close();
}

async function tryMoment(config: Config, opened: readonly OpenedTable[]): Promise<Moment | undefined> {
  const before = movable(config);
  const tables = opened.map(({ folder, environment, stores }) => ({ folder, environment, stores, snapshot: environment.snapshot() }));
  const at = Date.now();
  const [main] = opened.filter(({ folder }) => folder === tables[0]?.folder);
  const state = main?.parts.bookkeeping.state('', tables[0].snapshot) ?? new Map<string, Json>();
  const files: OpenFile[] = [];
  const isWhole = isDeepStrictEqual(before, movable(config)) && openAll(config, { state, intent: before.intent }, files);
  if (!isWhole) {
    closeFiles(files);
    for (const { environment, snapshot } of tables) await environment.release(snapshot);
    return undefined;
  }
  const counts = main ? Object.values(main.parts.bookkeeping.counts(tables[0].snapshot)).reduce(addCounts, NO_COUNTS) : NO_COUNTS;
  return { at, tables, counts, state, files, close: async () => {
    closeFiles(files);
    for (const { environment, snapshot } of tables) {
      await environment.release(snapshot);
      await environment.close();
    }
  } };
}

/** What a job moves or writes over: names in the inbox, and the intent of a step into HBase. */
interface Movable {
  readonly names: unknown;
  readonly intent: Buffer | undefined;
}

function movable(config: Config): Movable {
  return { names: inboxFiles(config), intent: intentOf(intentPath(config)) };
}

function intentPath({ dataDir }: Config): string {
  return join(ledgerDir(dataDir), 'intent');
}

function intentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Opens all that belongs to the moment; false when something of it has just gone. */
function openAll(config: Config, { state, intent }: Pick<Moment, 'state'> & Pick<Movable, 'intent'>, files: OpenFile[]): boolean {
  const { dataDir, receivers: { directory } } = config;
  const journal = join(dataDir, 'journal');
  const segments = journalFiles(journal, journalPosition(journal, state));
  if (!segments) return false;
  files.push(...segments);
  for (const path of directory ? inboxFiles(config) : []) {
    const file = openFile(join('inbox', path), join((directory as { path: string }).path, path));
    if (!file) return false;
    files.push(file);
  }
  for (const path of [...otherFiles(config)]) {
    const file = openFile(join('data', relative(dataDir, path)), path);
    if (!file) continue; // it was a passing one
    files.push(path === intentPath(config) && intent ? { ...file, held: intent, bytes: intent.length } : file);
  }
  for (const [i, from] of outsideFiles(config).entries()) {
    const file = openFile(join('outside', `${i + 1}-${basename(from)}`), from);
    if (file) files.push(file);
  }
  return true;
}

/** All else in the data directory: logs of acts, rules and messages, spools, tokens, whatever a later version adds. */
function otherFiles({ dataDir, receivers: { directory } }: Config): string[] {
  const inbox = directory ? directory.path : join(dataDir, 'inbox');
  const isLeftOut = (path: string) => PASSING.test(basename(path)) || path.endsWith('.journal');
  return filesBelow(dataDir, (path) => path !== inbox).filter((path) => !isLeftOut(path));
}

/** What the configuration names elsewhere, but for private keys. */
function outsideFiles({ dataDir, reference, http, receivers: { mqtt } }: Config): string[] {
  const users = mqtt && mqtt.broker === 'embedded' ? mqtt.users : undefined;
  const named = [reference.pumps, reference.maintenance, reference.contacts, http ? http.tokens : undefined, users];
  return named.filter((path) => path !== undefined).filter((path) => !path.startsWith(dataDir + sep));
}
