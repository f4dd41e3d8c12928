import type { Socket } from 'node:net';
import type { Client } from 'aedes';
import type { Grant } from './access.ts';
import type { Reader } from './fairShare.ts';
import { Unread } from './unread.ts';
import { type PacketLimits, WholePackets } from './wholePackets.ts';

/** Above this much unread, what a client sends waits until it has read. */
const PAUSE_COST = 256 * 1024;
/** What one read of the system costs that had to wait for room: so no more comes in than what is looked at. */
const READ_WORK = 64;
/** So much of a client id is shown. */
const SHOWN_ID = 64;

/** What a connection asks and tells its owner. */
export interface ConnectionOwner {
  readonly packetLimits: PacketLimits;
  /** What a message costs just now; handing it to one client counts 1. */
  messageWork(): number;
  /** It has bytes to look at, or wants some: when it is its turn, {@link BrokerConnection.take} is called. */
  onAsk(connection: BrokerConnection): void;
  /** Whether bytes that nobody has looked at may become more. If not, they wait in the system. */
  mayRead(): boolean;
  /** Told how many bytes more, or less, wait here to be looked at. */
  onWaiting(by: number): void;
  /** Told how many bytes more, or less, of half packets are held. */
  onHeld(connection: BrokerConnection, by: number): void;
  /** Told how much more, or less, is unread. */
  onUnread(connection: BrokerConnection, by: number): void;
  /** Told why it has to end, to go on after "was disconnected: ". */
  onRefused(connection: BrokerConnection, why: string): void;
}

/**
 * One client's connection, between its socket and aedes. aedes reads from it whole packets only, and only on its turn, so that
 * a client's flood leaves room for the others'; what aedes writes to it never waits. Bytes that wait for their turn are
 * no more than one read of the system: while there are some, no more are asked for.
 */
export class BrokerConnection implements Reader {
  readonly socket: Socket;
  /** Address and port. */
  readonly from: string;
  /** Of a clock that nobody sets back, ms. */
  readonly since: number;
  readonly #owner: ConnectionOwner;
  readonly #packets: WholePackets;
  readonly #unread: Unread;
  readonly #readPiece: (bytes?: number) => unknown;
  readonly #readSystem: () => void;
  #held = 0;
  #waiting = 0;
  /** Work that is left of its turn, and what it has brought in it. */
  #left = 0;
  #brought = 0;
  #isReading = false;
  /** The stream wants more from the system, and has to wait. */
  #wantsMore = false;
  #isClosed = false;
  used = 0;
  /** Set once aedes has it. */
  client: Client | undefined;
  /** `new` has not said who it is, `checked` waits for the answer, `refused` for the refusal. */
  stage: 'new' | 'checked' | 'refused' | 'in' = 'new';
  /** What it may do, once it is in. */
  grant: Grant | undefined;
  /** When it last sent something, as {@link since}. */
  activeAt: number;
  /** When something was last unread that moved, as {@link since}. */
  movedAt: number;
  /** Messages of it that went to the journal. */
  taken = 0;
  /** Messages of it that aedes has not finished with. */
  passing = 0;
  readonly filters = new Set<string>();

  constructor(socket: Socket, owner: ConnectionOwner, now: number) {
    this.socket = socket;
    this.from = `${socket.remoteAddress}:${socket.remotePort}`;
    this.since = this.activeAt = this.movedAt = now;
    this.#owner = owner;
    this.#packets = new WholePackets(owner.packetLimits);
    this.#unread = new Unread(socket, (by) => this.#hearUnread(by));
    this.#readPiece = socket.read.bind(socket);
    this.#readSystem = socket._read.bind(socket, 0);
    // Size 0 is the stream's own way to ask the system for more.
    socket.read = (size?: number): unknown => (size === 0 ? this.#readPiece(0) : this.#read());
    socket._read = () => this.#more();
  }

  /** Who it is, for a sentence: what the client says of itself is shown as a quoted text. */
  get who(): string {
    const id = this.client?.id;
    const named = id ? JSON.stringify(id.length > SHOWN_ID ? `${id.slice(0, SHOWN_ID)}…` : id) : 'a client';
    return `${named} at ${this.from}`;
  }

  /** Bytes of half packets. */
  get heldBytes(): number {
    return this.#held;
  }

  /** Bytes that were sent to it and wait here, overhead included. */
  get unreadBytes(): number {
    return this.#unread.cost;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether it has read nothing since this was asked last, although there was something. */
  isStuck(): boolean {
    return this.#unread.isStuck();
  }

  take(work: number): number {
    if (this.#isClosed) return 0;
    [this.#left, this.#brought] = [work, 0];
    const [taken, message] = [this.taken, this.#owner.messageWork()];
    if (this.#wantsMore && this.socket.readableLength === 0) {
      this.#wantsMore = false;
      this.#readSystem();
      this.#brought = READ_WORK;
    } else this.socket.emit('readable'); // aedes reads, unless it has not finished with what it has
    this.#left = 0;
    // That others have subscribed to readings is no fault of who brings them.
    this.used += this.#brought - (this.taken - taken) * (message - 1);
    return this.#brought;
  }

  /** Gives back what it held. */
  close(): void {
    this.#isClosed = true;
    this.#hold(0);
    this.#wait(0);
    this.#unread.close();
  }

  /** What aedes gets. */
  #read(): Buffer | null {
    if (this.#isClosed) return null;
    let given: Buffer | null = null;
    this.#isReading = true;
    while (this.#left > 0 && given === null && this.#unread.cost <= PAUSE_COST) {
      const piece = this.#readPiece(); // a size would have the stream read ahead by as much
      if (!Buffer.isBuffer(piece)) break;
      given = this.#split(piece);
    }
    this.#isReading = false;
    this.#wait(this.#isClosed ? 0 : this.socket.readableLength);
    if (this.#waiting > 0 && this.#unread.cost <= PAUSE_COST) this.#owner.onAsk(this);
    else if (this.#waiting === 0 && this.#wantsMore) this.#more();
    return given;
  }

  #split(piece: Buffer): Buffer | null {
    this.activeAt = performance.now();
    const { packets, rest, refused, work } = this.#packets.split(piece, { most: this.#left, message: this.#owner.messageWork() });
    this.#hold(this.#packets.heldBytes);
    this.#left -= work;
    this.#brought += work;
    if (refused !== undefined) this.#owner.onRefused(this, refused);
    // The stream does not end before they are read.
    else if (rest) this.socket.unshift(rest);
    return packets ?? null;
  }

  /** The stream asks the system for more: that waits until what is here was looked at, and until there is room. */
  #more(): void {
    this.#wantsMore = this.#isReading || this.#waiting > 0;
    if (this.#wantsMore || this.#isClosed) return;
    if (this.#owner.mayRead()) return this.#readSystem();
    this.#wantsMore = true;
    this.#owner.onAsk(this);
  }

  #wait(bytes: number): void {
    const by = bytes - this.#waiting;
    this.#waiting = bytes;
    if (by !== 0) this.#owner.onWaiting(by);
  }

  #hold(bytes: number): void {
    const by = bytes - this.#held;
    this.#held = bytes;
    if (by !== 0) this.#owner.onHeld(this, by);
  }

  #hearUnread(by: number): void {
    const cost = this.#unread.cost;
    this.#owner.onUnread(this, by);
    if (by < 0 && cost <= PAUSE_COST && cost - by > PAUSE_COST) this.#owner.onAsk(this);
  }
}
