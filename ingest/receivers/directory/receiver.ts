import { messageOf } from '../../../domain/errors.ts';
import type { ReceiptClock } from '../../../domain/reading/receiptClock.ts';
import type { Json } from '../../../storage/table/state.ts';
import type { ReceiverStatus } from '../receiverStatus.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import type { OpenStep, PullReceiver } from '../rowSource.ts';
import { FileInProgress } from './file.ts';
import { type ClaimedFile, Inbox, type Scan } from './inbox.ts';

/** Positions in files are kept in the job's state under this and the claim's id. */
export const FILE_STATE = 'file:';
/** A step takes at most this many files: each is moved after the step. */
const FILES_A_STEP = 256;
/** Events only hint at new files: the folder is looked at this often without one, and more often while a file settles. */
const SCAN_MS = 1000;
const MOST_IMMOVABLE = 1000;
const SETTLING_MS = 50;

/** The inbox as `status` shows it. `starting`: not looked at yet; `away`: it is not there, and looked for again. */
export interface DirectoryStatus extends ReceiverStatus {
  readonly state: 'starting' | 'running' | 'away';
  readonly path: string;
  /** The file that is being read. */
  readonly file: string | null;
}

export interface DirectoryOptions {
  readonly path: string;
  readonly settleMs: number;
  readonly clock: ReceiptClock;
  readonly now: () => number;
  /** The job's state as the table had it at start. */
  readonly state: ReadonlyMap<string, Json>;
  readonly onLog: (event: LogEvent) => void;
}

/**
 * Files of the inbox, the oldest first, one after the other. A file is its own journal: how far it has been read commits
 * with the rows, and it is moved away only when the table has all of it.
 *
 *   #look         #nextFile          take: readInto says…
 *   inbox/ ─► #ready ─► #current ──── room ────► it stays #current: the next step reads on
 *           (claimed)     │  ▲ └───── waiting ──► #aside ── SETTLING_MS later, #nextFile ──► #current
 *   #leftovers ───────────┘  │                      ▲
 *   (of an earlier run)      │                      │ committed: it has grown meanwhile
 *                            └─ ended ─► #ended ────┤
 *                                                   └ committed ─► done/, or failed/ with the reason (#putAway)
 *                                                                  it can't be moved: it stays claimed, and is told
 */
export class DirectoryReceiver implements PullReceiver {
  readonly name = 'directory';
  readonly nextReceivedAt = undefined;
  readonly #options: DirectoryOptions;
  readonly #inbox: Inbox;
  readonly #leftovers: ClaimedFile[] = [];
  /** Files read to their end, whose rows the table is about to commit. */
  #ended: FileInProgress[] = [];
  /** Files that somebody may still be writing to: others have their turn meanwhile. */
  readonly #aside: { readonly file: FileInProgress; readonly until: number }[] = [];
  /** Names of positions that nobody needs any more. */
  #forget: string[] = [];
  #ready: string[] = [];
  #current: FileInProgress | undefined;
  #unsettled = 0;
  /** Names of files that could not be moved. */
  readonly #immovable = new Set<string>();
  #saidOther = false;
  #lookAt = 0;
  #away = false;
  #lastMessageAt: number | undefined;
  #lastError: string | undefined;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#inbox = new Inbox(options);
  }

  /** Makes the folders and finds what an earlier run left half read. Throws INBOX_UNAVAILABLE. */
  start(): void {
    this.#inbox.prepare();
    this.#leftovers.push(...this.#inbox.leftovers());
    const claimed = new Set(this.#leftovers.map((file) => FILE_STATE + file.id));
    for (const name of this.#options.state.keys()) {
      if (name.startsWith(FILE_STATE) && !claimed.has(name)) this.#forget.push(name);
    }
  }

  /** Something may have been dropped: look at the next opportunity. */
  hint(): void {
    this.#lookAt = 0;
  }

  /** Whether `take` would find something. Looks at the folder when an event hinted at it, or once a second. */
  get hasMore(): boolean {
    if (this.#current || this.#leftovers.length > 0 || this.#ready.length > 0 || this.#asideIsDue()) return true;
    if (this.#options.now() >= this.#lookAt) this.#look();
    return this.#ready.length > 0;
  }

  /** Files that are there but not still for long enough to be taken. */
  get settling(): number {
    return this.#unsettled + this.#aside.length;
  }

  /** How it is just now. */
  status(): DirectoryStatus {
    return {
      state: this.#away ? 'away' : 'running',
      path: this.#inbox.path,
      file: this.#current?.name ?? null,
      lastMessageAt: this.#lastMessageAt === undefined ? null : new Date(this.#lastMessageAt).toISOString(),
      lastError: this.#lastError ?? null,
    };
  }

  async take(step: OpenStep): Promise<boolean> {
    const receivedAt = Math.min(this.#options.clock.next(), step.receivedBy ?? Infinity);
    let any = false;
    while (!step.buffer.full && this.#ended.length < FILES_A_STEP) {
      const file = (this.#current ??= this.#nextFile());
      if (!file) break;
      const progress = await file.readInto(step.buffer, receivedAt);
      if (file.moved || progress === 'ended') {
        step.state[FILE_STATE + file.id] = file.position;
        any = true;
      }
      if (progress === 'room') break;
      this.#current = undefined;
      if (progress === 'ended') this.#ended.push(file);
      else this.#setAside(file);
    }
    if (any) {
      this.#lastMessageAt = this.#options.now();
      for (const name of this.#forget) step.state[name] ??= null;
      this.#forget = [];
    }
    return any;
  }

  async committed(): Promise<void> {
    for (const file of this.#ended) {
      if (file.hasGrown()) {
        this.#options.onLog({
          level: 'warn',
          message: `${file.name} grew while it was read: move files into the inbox, or set receivers.directory.settle`,
        });
        this.#setAside(file);
        continue;
      }
      file.close();
      // One that can't be moved stays claimed, and its position with it: the next start finds it at its end.
      const moved = this.#attempt(file.name, () => {
        this.#putAway(file);
        return true;
      });
      if (moved) this.#forget.push(FILE_STATE + file.id);
    }
    this.#ended = [];
  }

  async close(): Promise<void> {
    for (const file of [...this.#aside.map(({ file }) => file), ...this.#ended]) file.close();
    this.#current?.close();
  }

  /** A file that can't be moved costs only itself; it is told once. */
  #attempt<T>(name: string, move: () => T): T | undefined {
    try {
      return move();
    } catch (error) {
      if (!this.#immovable.has(name)) this.#fail(`${name} can't be moved and is left where it is: ${messageOf(error)}`);
      if (this.#immovable.size < MOST_IMMOVABLE) this.#immovable.add(name);
      return undefined;
    }
  }

  #fail(message: string): void {
    this.#lastError = message;
    this.#options.onLog({ level: 'error', message });
  }

  #putAway(file: FileInProgress): void {
    if (file.failure === undefined) return this.#inbox.done(file.claim);
    this.#inbox.fail(file.claim, file.failure);
    this.#fail(`${file.name} is refused and lies in ${this.#inbox.path}/failed: ${file.failure}`);
  }

  #setAside(file: FileInProgress): void {
    this.#aside.push({ file, until: this.#options.now() + SETTLING_MS });
  }

  #asideIsDue(): boolean {
    return this.#aside.length > 0 && this.#options.now() >= this.#aside[0].until;
  }

  #nextFile(): FileInProgress | undefined {
    if (this.#asideIsDue()) return this.#aside.shift()!.file;
    const claim = this.#leftovers.shift() ?? this.#claimNext();
    if (!claim) return undefined;
    return new FileInProgress(claim, this.#options.state.get(FILE_STATE + claim.id), this.#options.now);
  }

  #claimNext(): ClaimedFile | undefined {
    for (let name = this.#ready.pop(); name !== undefined; name = this.#ready.pop()) {
      const claim = this.#attempt(name, () => this.#inbox.claim(name));
      if (claim && 'id' in claim) return claim;
      if (claim) this.#fail(`${name} is refused and lies in ${this.#inbox.path}/failed: ${claim.refused}`);
    }
    return undefined;
  }

  /** An inbox that is away, a share that is not mounted, must not stop the messages: it is looked for again. */
  #scan(): Scan | undefined {
    try {
      if (this.#away) this.#inbox.prepare();
      const scan = this.#inbox.scan();
      if (this.#away) this.#options.onLog({ level: 'info', message: `the inbox ${this.#inbox.path} is there again` });
      this.#away = false;
      return scan;
    } catch (error) {
      this.#lookAt = this.#options.now() + SCAN_MS;
      if (!this.#away) this.#fail(`${messageOf(error)}. No file is taken until it is there again`);
      this.#away = true;
      return undefined;
    }
  }

  #look(): void {
    const scan = this.#scan();
    if (!scan) return;
    this.#lookAt = this.#options.now() + (scan.settling > 0 ? SETTLING_MS : SCAN_MS);
    this.#ready = [...scan.ready].reverse();
    this.#unsettled = scan.settling;
    if (scan.other !== undefined && !this.#saidOther) {
      this.#saidOther = true;
      this.#options.onLog({
        level: 'warn',
        message: `${scan.other} is left alone: only files whose name is UTF-8 and ends in .csv or .csv.gz are read`,
      });
    }
  }
}
