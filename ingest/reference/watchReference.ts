import { stat } from 'node:fs/promises';
import { counted } from '../../domain/counted.ts';
import { messageOf, systemCode } from '../../domain/errors.ts';
import { type Contact, type Maintenance, NO_REFERENCE, type Pump, type Reference } from '../../domain/pump/reference.ts';
import type { Table } from '../../storage/table/table.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { CONTACT_FIELDS, MAINTENANCE_FIELDS, PUMP_FIELDS, readContacts, readMaintenance, readPumps, referenceOf } from './readReference.ts';
import { isAbsent } from './records.ts';

export interface ReferenceWatcherOptions {
  readonly pumps: string;
  readonly maintenance: string;
  /** Undefined where nobody has said. */
  readonly contacts?: string | undefined;
  /** Where the last good version is kept, so that it outlives a restart. */
  readonly table: Pick<Table, 'savedReference' | 'saveReference'>;
  readonly onLog: (event: LogEvent) => void;
  /** How often the files are looked at. */
  readonly intervalMs?: number;
}

/** One of the files, and the rows that hold. */
interface Watched<T> {
  readonly path: string;
  readonly shape: string;
  readonly read: (path: string) => Promise<T[]>;
  rows: readonly T[];
  /** The version that the last look found. */
  seen: string | undefined;
  /** The version that was read last, whether it was good or not. */
  version: string | undefined;
}

const INTERVAL_MS = 3000;

/**
 * The reference data of a running site. Reads the files at the start and again whenever they change: a new version is
 * read when two looks in a row found it, because somebody may still be writing it. A version that is absent, broken or
 * empty is reported once, and the last good one stays, also over a restart.
 */
export class ReferenceWatcher {
  readonly #options: ReferenceWatcherOptions;
  readonly #pumps: Watched<Pump>;
  readonly #maintenance: Watched<Maintenance>;
  readonly #contacts: Watched<Contact> | undefined;
  #current: Reference = NO_REFERENCE;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: ReferenceWatcherOptions) {
    this.#options = options;
    this.#pumps = watched(options.pumps, PUMP_FIELDS, readPumps);
    this.#maintenance = watched(options.maintenance, MAINTENANCE_FIELDS, readMaintenance);
    this.#contacts = options.contacts === undefined ? undefined : watched(options.contacts, CONTACT_FIELDS, readContacts);
  }

  /** The reference data as it is now. */
  get current(): Reference {
    return this.#current;
  }

  /** Reads the files; resolves when `current` is as good as it gets. Throws what the table throws. */
  async start(): Promise<void> {
    const saved = await this.#options.table.savedReference();
    if (saved) {
      this.#pumps.rows = saved.pumps;
      this.#maintenance.rows = saved.maintenance;
      if (this.#contacts) this.#contacts.rows = saved.contacts ?? [];
      this.#current = referenceOf(this.#rows());
    }
    await this.#look('start');
    this.#timer = setInterval(() => this.#lookAgain(), this.#options.intervalMs ?? INTERVAL_MS);
    this.#timer.unref();
  }

  /** No look begins afterwards, and none is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  #lookAgain(): void {
    if (this.#looking) return;
    this.#looking = this.#look('later')
      .catch((error: unknown) =>
        this.#options.onLog({ level: 'error', message: `the reference data could not be kept: ${messageOf(error)}` }),
      )
      .finally(() => {
        this.#looking = undefined;
      });
  }

  async #look(when: 'start' | 'later'): Promise<void> {
    const absent: string[] = [];
    const pumps = await this.#refresh(this.#pumps, when, absent);
    const maintenance = await this.#refresh(this.#maintenance, when, absent);
    const contacts = this.#contacts !== undefined && (await this.#refresh(this.#contacts, when));
    if (absent.length > 0) this.#options.onLog({ level: 'warn', message: this.#absence(absent) });
    if (!pumps && !maintenance && !contacts) return;

    const reference = this.#rows();
    this.#current = referenceOf(reference);
    const events = counted(reference.maintenance.length, 'maintenance event');
    const people = this.#contacts ? `, ${counted(reference.contacts.length, 'contact')}` : '';
    const message = `reference data: ${counted(reference.pumps.length, 'pump')}, ${events}${people}`;
    this.#options.onLog({ level: when === 'start' ? 'debug' : 'info', message });
    await this.#options.table.saveReference(reference);
  }

  #rows() {
    return { pumps: this.#pumps.rows, maintenance: this.#maintenance.rows, contacts: this.#contacts?.rows ?? [] };
  }

  /**
   * Reads a file again if it is another version, and no longer being written. Says whether there are new rows. Files that may be
   * absent are said together, in `absent`.
   */
  async #refresh<T>(file: Watched<T>, when: 'start' | 'later', absent?: string[]): Promise<boolean> {
    // The version is taken first: a file that changes while it is read has another one at the next look.
    const version = await versionOf(file.path);
    const still = when === 'start' || version === file.seen;
    file.seen = version;
    if (version === file.version || !still) return false;
    file.version = version;
    try {
      const rows = await file.read(file.path);
      if (rows.length === 0 && file.rows.length > 0) {
        this.#options.onLog({ level: 'error', message: `the reference file ${file.path} is empty. ${this.#stays(file.rows)}` });
        return false;
      }
      file.rows = rows;
      return true;
    } catch (error) {
      if (absent && isAbsent(error)) absent.push(`${file.path} (${file.shape})`);
      else this.#options.onLog({ level: 'error', message: `${messageOf(error)}. ${this.#stays(file.rows)}` });
      return false;
    }
  }

  #absence(absent: readonly string[]): string {
    const what = this.#pumps.rows.length > 0 ? this.#stays(this.#pumps.rows) : 'Every pump is unknown until it is there';
    return `no reference data: expected ${absent.join(' and ')}. ${what}`;
  }

  #stays(rows: readonly unknown[]): string {
    return rows.length > 0 ? `The last good version stays (${counted(rows.length, 'line')})` : 'There is no earlier version';
  }
}

function watched<T>(path: string, shape: string, read: (path: string) => Promise<T[]>): Watched<T> {
  return { path, shape, read, rows: [], seen: undefined, version: undefined };
}

/** What changes whenever a file is replaced or written. */
async function versionOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    return systemCode(error) ?? messageOf(error);
  }
}
