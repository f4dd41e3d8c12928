import type { Socket } from 'node:net';
import type { Client } from 'aedes';
import type { Grant } from './access.ts';
import { Unread } from './unread.ts';
import { type PacketLimits, WholePackets } from './wholePackets.ts';

/** Above this much unread, what a client sends waits until it has read. */
const PAUSE_COST = 256 * 1024;
/** So much of a client id is shown. */
const SHOWN_ID = 64;

/** What a connection asks and tells its owner. */
export interface ConnectionOwner {
  readonly packetLimits: PacketLimits;
  /** Work that one connection may bring in one turn of the event loop; a message counts 1. */
  workPerTurn(): number;
  /** Whether no connection may be read for now. One that asked in vain is woken later, by {@link BrokerConnection.wake}. */
  isShut(connection: BrokerConnection): boolean;
  /** Told how many bytes more, or less, of half packets are held. */
  onHeld(connection: BrokerConnection, by: number): void;
  /** Told how much more, or less, is unread. */
  onUnread(connection: BrokerConnection, by: number): void;
  /** Told why it has to end, to go on after "was disconnected: ". */
  onRefused(connection: BrokerConnection, why: string): void;
}

/**
 * One client's connection, between its socket and aedes. aedes reads from it whole packets only, some in each turn of
 * the event loop, so that one client's flood leaves room for the others'; what aedes writes to it never waits.
 */
export class BrokerConnection {
  readonly socket: Socket;
  /** Address and port. */
  readonly from: string;
  /** Of a clock that nobody sets back, ms. */
  readonly since: number;
  readonly #owner: ConnectionOwner;
  readonly #packets: WholePackets;
  readonly #unread: Unread;
  #held = 0;
  #isResting = false;
  #isClosed = false;
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
    const read = socket.read.bind(socket);
    // Size 0 is the stream's own way to ask the system for more.
    socket.read = (size?: number): unknown => (size === 0 ? read(0) : this.#read(read));
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

  /** Lets aedes read again. */
  wake(): void {
    if (!this.#isClosed) this.socket.emit('readable');
  }

  /** Gives back what it held. */
  close(): void {
    this.#isClosed = true;
    this.#hold(0);
    this.#unread.close();
  }

  #read(read: () => unknown): Buffer | null {
    if (this.#isClosed || this.#isResting || this.#unread.cost > PAUSE_COST || this.#owner.isShut(this)) return null;
    const piece = read();
    if (!Buffer.isBuffer(piece)) return null;
    this.activeAt = performance.now();
    const { packets, rest, refused } = this.#packets.split(piece, this.#owner.workPerTurn());
    this.#hold(this.#packets.heldBytes);
    if (refused !== undefined) this.#owner.onRefused(this, refused);
    else if (rest) this.#rest(rest);
    return packets ?? null;
  }

  /** Puts bytes back, for a later turn: the stream does not end before they are read. */
  #rest(bytes: Buffer): void {
    this.#isResting = true;
    this.socket.unshift(bytes);
    setImmediate(() => {
      this.#isResting = false;
      this.wake();
    });
  }

  #hold(bytes: number): void {
    const by = bytes - this.#held;
    this.#held = bytes;
    if (by !== 0) this.#owner.onHeld(this, by);
  }

  #hearUnread(by: number): void {
    const cost = this.#unread.cost;
    this.#owner.onUnread(this, by);
    if (by < 0 && cost <= PAUSE_COST && cost - by > PAUSE_COST) setImmediate(() => this.wake());
  }
}
