import type { Content, Message } from '../../../domain/notify/message.ts';
import type { Rendering, ReportRendering } from '../formats/rendering.ts';

/** How an attempt ended. */
export type Attempt =
  /** It was taken; with what a person should know all the same. */
  | { readonly isTaken: true; readonly warning?: string }
  | {
      readonly isTaken: false;
      /** A sentence, without anything secret. */
      readonly problem: string;
      /** Whether it is worth another attempt: yes, for some minutes in case somebody mends it, or not at all. */
      readonly again: 'yes' | 'for a while' | 'never';
      /** Nobody answers there: other messages would fare no better. */
      readonly isAway: boolean;
      /** Before that nobody wants to hear from us, ms. */
      readonly waitMs?: number;
    };

/** A way to reach somebody. */
export interface Channel {
  readonly name: string;
  /** Whether many alarms may be one message: people want that, programs that know each alarm by its key do not. */
  readonly merges: boolean;
  /** The least time between two messages, ms. */
  readonly gapMs: number;
  /** What is sent; made once. */
  render(rendering: Rendering): Content | Promise<Content>;
  /** The same of a daily report. */
  renderReport(rendering: ReportRendering): Content | Promise<Content>;
  /** One attempt. It ends by itself, and at once when the signal is aborted; it never throws. */
  send(message: Pick<Message, 'id' | 'content'>, signal: AbortSignal): Promise<Attempt>;
  close(): Promise<void>;
}

/** No attempt takes longer, ms. */
export const ATTEMPT_MS = 15_000;

/** A problem of a connection, which may be gone a moment later. */
export function away(problem: string): Attempt {
  return { isTaken: false, problem, again: 'yes', isAway: true };
}
