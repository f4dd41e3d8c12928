import type { AppError } from '../../domain/errors.ts';
import type { Piece, ScanRequest } from '../../query/sql/pieces.ts';
import type { Config } from '../config/types.ts';
import type { MessagePort } from 'node:worker_threads';
import type { SqlEnd, SqlQuestion } from './forms.ts';

/** What the thread that reads the table begins with. */
export interface TableThreadData {
  readonly config: Config;
  readonly port: MessagePort;
  /** Counts what it has posted, for whoever waits for that without an event loop. */
  readonly posted: SharedArrayBuffer;
}

/** What the thread is told: to begin a scan, that one of its pieces was taken, to end. */
export type ToTable =
  | { readonly kind: 'scan'; readonly scan: number; readonly request: ScanRequest }
  | { readonly kind: 'taken'; readonly scan: number }
  | { readonly kind: 'stop' };

/** What it says: a piece, no more of them, or why there are none. */
export type FromTable =
  | { readonly kind: 'piece'; readonly scan: number; readonly piece: Piece }
  | { readonly kind: 'end'; readonly scan: number }
  | { readonly kind: 'failed'; readonly scan: number; readonly code: AppError['code'] | undefined; readonly message: string };


/** What the process that answers is told: a question, and that nobody waits any longer. */
export type ToSqlProcess =
  | { readonly kind: 'ask'; readonly config: Config; readonly question: SqlQuestion }
  | { readonly kind: 'stop' };

/** What it says beside the answer: that this is whole, or why there is none. */
export type FromSqlProcess =
  | { readonly kind: 'done'; readonly end: SqlEnd }
  | { readonly kind: 'failed'; readonly code: AppError['code'] | undefined; readonly message: string };
