import { openFiles } from '../../../../storage/files/openFiles.ts';
import type { ConnectionBounds } from './connections.ts';
import type { PacketLimits } from './wholePackets.ts';

const MIB = 1024 * 1024;
/** The files of the job come first, then those of the HTTP side, which may take half of them. */
const SHARE_OF_FILES = 0.25;
const MOST_CONNECTIONS = 1000;

/** What clients may have the embedded broker keep and do. */
export interface BrokerBounds extends ConnectionBounds {
  readonly packets: PacketLimits;
  /** Bytes that are not in the journal yet, overhead included, above which nobody is read. */
  readonly queuedBytes: number;
  /** Filters of one subscriber, and of all. */
  readonly filters: number;
  readonly allFilters: number;
  readonly subscribers: number;
  readonly filterBytes: number;
  /** QoS 2 messages that were taken and not released, of all clients. */
  readonly openQos2: number;
  /** Deliveries to subscribers that may be under way before publishers have to wait. */
  readonly deliveries: number;
  /** ms that a client may take to say who it is. */
  readonly connectMs: number;
  /** ms after which a wrong password is answered. */
  readonly refusalMs: number;
}

/** The bounds of a site: together about 35 MB and the connections themselves, and an honest client meets none of them. */
export function siteBounds(): BrokerBounds {
  const most = Math.max(8, Math.min(MOST_CONNECTIONS, Math.floor(SHARE_OF_FILES * openFiles())));
  return {
    most,
    mostUnknown: Math.ceil(most / 2),
    heldBytes: 10 * MIB,
    waitingBytes: 8 * MIB,
    unreadBytes: 4 * MIB,
    allUnreadBytes: 8 * MIB,
    stuckMs: 5000,
    // Payloads over 1 MiB become a reject, so they have to come through; beyond this a packet is a mistake.
    packets: { publishBytes: 8 * MIB, otherBytes: 16 * 1024 },
    queuedBytes: 10 * MIB,
    filters: 32,
    allFilters: 256,
    subscribers: 64,
    filterBytes: 256,
    openQos2: 100_000,
    deliveries: 2000,
    connectMs: 10_000,
    refusalMs: 1000,
  };
}
