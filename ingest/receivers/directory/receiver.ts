import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { messageOf } from '../../../domain/errors.ts';
import { anyTime, type ReceiptAt } from '../../../domain/reading/receipt.ts';
import type { ReceiptClock } from '../../../domain/reading/receiptClock.ts';
import type { Json } from '../../../storage/table/state.ts';
import type { ReceiverStatus } from '../receiverStatus.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import type { OpenStep, PullReceiver } from '../rowSource.ts';
import { DoneFiles, findDone, hasGrownSince } from './doneFiles.ts';
import { FileInProgress, type FilePosition } from './file.ts';
import { FileFormats } from './fileFormats.ts';
import { beginning, look } from './byteSource.ts';
import { type ClaimedFile, Inbox, type Scan } from './inbox.ts';
import { fewOf, IGNORED } from './inboxNames.ts';
import { Pieces } from './pieces.ts';
import { RowsAhead } from './rowsAhead.ts';
import type { Settle } from './stillness.ts';

/** Positions in files are kept in the job's state under this and the claim's id. */
export const FILE_STATE = 'file:';
/** A step takes at most this many files: each is moved after the step. */
const FILES_A_STEP = 256;
/** Events only hint at new files: the folder is looked at this often without one, and more often while a file settles. */
const SCAN_MS = 1000;
const MOST_IMMOVABLE = 1000;
/** So many names that are never read are told. */
const MOST_IGNORED = 1000;
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
  readonly settle: Settle;
  /** How files are read; by default in the plain form. */
  readonly formats?: FileFormats | undefined;
  readonly clock: ReceiptClock;
  /** By default readings of any time are taken. */
  readonly receiptAt?: ReceiptAt | undefined;
  /** The site's clock, ms since 1970. */
  readonly now: () => number;
  /** The monotonic clock, ms: all intervals come from it. */
  readonly ticks?: () => number;
  /** The job's state as the table had it at start. */
  readonly state: ReadonlyMap<string, Json>;
  readonly onLog: (event: LogEvent) => void;
  /** The inbox was away, and is there again. */
  readonly onBack?: () => void;
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
 *                          #aside ◄── it grows in done/ ──────────────┘   it can't be moved: it stays claimed, and is told
 *
 * What is claimed is on disk before its rows are, and what is moved before its position is forgotten: after a power loss no
 * file is read a second time, in among newer ones.
 */
export class DirectoryReceiver implements PullReceiver {
  readonly name = 'directory';
  readonly nextReceivedAt = undefined;
  readonly #options: DirectoryOptions;
  readonly #inbox: Inbox;
  readonly #pieces = new Pieces();
  readonly #ahead: RowsAhead;
  readonly #formats: FileFormats;
  readonly #ticks: () => number;
  readonly #done: DoneFiles;
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
  readonly #toldIgnored = new Set<string>();
  readonly #toldGrowth = new WeakSet<FileInProgress>();
  #lookAt = -Infinity;
  #away = false;
  #lastMessageAt: number | undefined;
  #lastError: string | undefined;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#formats = options.formats ?? new FileFormats();
    this.#inbox = new Inbox({ ...options, reads: (name) => this.#formats.reads(name) });
    this.#ticks = options.ticks ?? (() => performance.now());
    this.#done = new DoneFiles(this.#ticks);
    this.#ahead = new RowsAhead({ onDeath: (message) => options.onLog({ level: 'warn', message }) });
  }

  /** Makes the folders and finds what an earlier run left half read. Throws INBOX_UNAVAILABLE. */
  start(): void {
    const { state } = this.#options;
    this.#inbox.prepare();
    this.#leftovers.push(...this.#inbox.leftovers((id) => state.has(FILE_STATE + id)));
    const claimed = new Set(this.#leftovers.map((file) => FILE_STATE + file.id));
    for (const [name, position] of state) {
      if (!name.startsWith(FILE_STATE) || claimed.has(name)) continue;
      if (!this.#watch(name.slice(FILE_STATE.length), position as unknown as FilePosition)) this.#forget.push(name);
    }
  }

  /** Something may have been dropped: look at the next opportunity. */
  hint(): void {
    this.#lookAt = -Infinity;
  }

  /** An event of the folder says that a name appeared or went (`rename`), or was written to (`change`). */
  heard(event: string, name: string): void {
    this.#inbox.heard(event, name);
  }

  /** Whether `take` would find something. Looks at the folder when an event hinted at it, or once a second. */
  get hasMore(): boolean {
    if (this.#current || this.#leftovers.length > 0 || this.#ready.length > 0 || this.#asideIsDue()) return true;
    if (this.#ticks() >= this.#lookAt) this.#look();
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
    const { clock, receiptAt = anyTime } = this.#options;
    const receipt = receiptAt(Math.min(clock.next(), step.receivedBy ?? Infinity));
    let any = false;
    while (!step.buffer.full && this.#ended.length < FILES_A_STEP) {
      const file = (this.#current ??= this.#nextFile());
      if (!file) break;
      const progress = await file.readInto(step.buffer, receipt);
      if (file.moved || progress === 'ended') {
        step.state[FILE_STATE + file.id] = (progress === 'ended' ? file.endPosition : file.position) as unknown as Json;
        any = true;
      }
      if (progress === 'room') break;
      this.#current = undefined;
      if (progress === 'ended') {
        file.close();
        this.#ended.push(file);
      }
      else this.#setAside(file);
      if (file.hasChanged) this.#tellGrowth(file);
    }
    if (any) {
      this.#lastMessageAt = this.#options.now();
      this.#inbox.sync();
      for (const name of this.#forget) step.state[name] ??= null;
      this.#forget = [];
    }
    return any;
  }

  async committed(): Promise<void> {
    for (const file of this.#ended) {
      if (file.goesOn()) {
        this.#tellGrowth(file);
        this.#setAside(file);
        continue;
      }
      // One that can't be moved stays claimed, and its position with it: the next start finds it at its end.
      this.#attempt(file.name, () => this.#putAway(file));
    }
    this.#ended = [];
    if (!this.#current && this.#ready.length === 0) this.#ahead.close();
  }

  async close(): Promise<void> {
    for (const file of [...this.#aside.map(({ file }) => file), ...this.#ended]) file.close();
    this.#current?.close();
    this.#ahead.close();
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
    const { claim, failure } = file;
    if (failure !== undefined) {
      this.#inbox.fail(claim, failure);
      this.#forget.push(FILE_STATE + claim.id);
      return this.#fail(`${file.name} is refused and lies in ${this.#inbox.path}/failed: ${failure}`);
    }
    const path = this.#inbox.done(claim);
    const { end, ...position } = file.endPosition;
    if (!end) return void this.#forget.push(FILE_STATE + claim.id);
    this.#forgetFiles(this.#done.add({ claim, path, position: { ...position, end } }));
  }

  #forgetFiles(ids: readonly string[]): void {
    this.#forget.push(...ids.map((id) => FILE_STATE + id));
  }

  /** Goes on watching a file that an earlier run read; false when it is nowhere. */
  #watch(id: string, { end, ...position }: FilePosition): boolean {
    const name = id.slice(id.indexOf('/') + 1);
    const path = end && this.#attempt(name, () => findDone(join(this.#inbox.path, 'done'), name, end));
    if (path === undefined || !end) return false;
    const claim = { id, name, path: this.#inbox.claimedPath(id), whole: false };
    this.#forgetFiles(this.#done.add({ claim, path, position: { ...position, end } }));
    return true;
  }

  /** Files that grew after they were read: their rest is read too. */
  #lookAtDone(): void {
    const { grown, over } = this.#done.look();
    this.#forgetFiles(over);
    for (const { claim, path, position } of grown) {
      this.#options.onLog({
        level: 'warn',
        message: `${path} has grown after it was read: the rest is read as well. Write files under another name, and move them into the ` +
          'inbox when they are whole',
      });
      const isBack = this.#attempt(claim.name, () => {
        this.#inbox.reclaim(claim, path);
        return true;
      });
      if (isBack) this.#setAside(this.#open(claim, { ...(position.end.before ?? position), ...formatOf(position) }, true));
    }
  }

  #open(claim: ClaimedFile, position: FilePosition | undefined, isGrowing = false): FileInProgress {
    const begun = { position, isGrowing, patience: this.#inbox.patience, ticks: this.#ticks, pieces: this.#pieces, ahead: this.#ahead };
    try {
      const decoder = position ? this.#formats.begunIn(position.format) : this.#formats.decoderOf(claim.name, () => beginning(claim.path));
      return new FileInProgress(claim, { ...begun, decoder });
    } catch (error) {
      const file = new FileInProgress(claim, begun);
      file.refuse(messageOf(error));
      return file;
    }
  }

  /** Opens a file that an earlier run claimed, where it left it: behind its last line, or before one that has grown since. */
  #openLeftover(claim: ClaimedFile): FileInProgress {
    const position = this.#options.state.get(FILE_STATE + claim.id) as unknown as FilePosition | undefined;
    if (!position?.end) return this.#open(claim, position);
    const { end, ...state } = position;
    const isGrowing = this.#attempt(claim.name, () => hasGrownSince(end, look(claim.path))) ?? false;
    return this.#open(claim, { ...(isGrowing ? (end.before ?? state) : state), ...formatOf(position) }, isGrowing);
  }

  #tellGrowth(file: FileInProgress): void {
    if (this.#toldGrowth.has(file)) return;
    this.#toldGrowth.add(file);
    this.#options.onLog({
      level: 'warn',
      message: `${file.name} grew while it was read: write files under another name, and move them into the inbox when they are whole`,
    });
  }

  #setAside(file: FileInProgress): void {
    this.#aside.push({ file, until: this.#ticks() + SETTLING_MS });
  }

  #asideIsDue(): boolean {
    return this.#aside.length > 0 && this.#ticks() >= this.#aside[0].until;
  }

  #nextFile(): FileInProgress | undefined {
    if (this.#asideIsDue()) return this.#aside.shift()!.file;
    const leftover = this.#leftovers.shift();
    if (leftover) return this.#openLeftover(leftover);
    const claim = this.#claimNext();
    return claim && this.#open(claim, undefined);
  }

  #claimNext(): ClaimedFile | undefined {
    for (let name = this.#ready.pop(); name !== undefined; name = this.#ready.pop()) {
      const claim = this.#attempt(name, () => this.#inbox.claim(name));
      if (claim === 'wait') this.#unsettled += 1;
      else if (claim && 'id' in claim) return claim;
      else if (claim) this.#fail(`${name} is refused and lies in ${this.#inbox.path}/failed: ${claim.refused}`);
    }
    return undefined;
  }

  /** An inbox that is away, a share that is not mounted, must not stop the messages: it is looked for again. */
  #scan(): Scan | undefined {
    try {
      if (this.#away) this.#inbox.prepare();
      const scan = this.#inbox.scan();
      if (this.#away) {
        this.#options.onLog({ level: 'info', message: `the inbox ${this.#inbox.path} is there again` });
        this.#options.onBack?.();
      }
      this.#away = false;
      return scan;
    } catch (error) {
      this.#lookAt = this.#ticks() + SCAN_MS;
      if (!this.#away) this.#fail(`${messageOf(error)}. No file is taken until it is there again`);
      this.#away = true;
      return undefined;
    }
  }

  #look(): void {
    const scan = this.#scan();
    if (!scan) return;
    this.#lookAt = this.#ticks() + (scan.settling > 0 ? SETTLING_MS : SCAN_MS);
    this.#ready = [...scan.ready].reverse();
    this.#unsettled = scan.settling;
    this.#tellIgnored(scan.ignored);
    this.#lookAtDone();
  }

  /** Each name is told once. */
  #tellIgnored(ignored: readonly string[]): void {
    const names = ignored.filter((name) => !this.#toldIgnored.has(name)).slice(0, MOST_IGNORED - this.#toldIgnored.size);
    if (names.length === 0) return;
    for (const name of names) this.#toldIgnored.add(name);
    this.#options.onLog({ level: 'warn', message: `${fewOf(names)} in ${this.#inbox.path}: left alone, as ${IGNORED}` });
  }
}

/** The format in which a file was begun. */
function formatOf({ format }: FilePosition): { readonly format?: string } {
  return format === undefined ? {} : { format };
}
