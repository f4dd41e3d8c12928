import { AppError } from '../../domain/errors.ts';
import type { Stream } from './stream.ts';

/** Length of a window and how often there is one, both in ms and multiples of the stream's interval. */
export interface WindowOptions {
  readonly length: number;
  /** By default the stream's interval. */
  readonly slide?: number | undefined;
}

/** A window in panes: the longest pieces of which both length and slide are multiples. */
export interface WindowSpan {
  readonly length: number;
  readonly slide: number;
  readonly pane: number;
}

/** Checks a window against its stream. Throws AppError CONFIG unless length and slide are multiples of the interval. */
export function windowSpan(stream: Stream<unknown>, { length, slide = stream.interval }: WindowOptions): WindowSpan {
  for (const [name, value] of [['length', length], ['slide', slide]] as const) {
    if (!Number.isSafeInteger(value) || value < stream.interval || value % stream.interval !== 0) {
      throw new AppError(
        'CONFIG',
        `expected the window's ${name} to be a multiple of the interval of its stream, ${stream.interval} ms, got ${value} ms`,
      );
    }
  }
  return { length, slide, pane: greatestCommonDivisor(length, slide) };
}

/** Only those batches of a stream at which a window ends. */
export function everySlide<T>(stream: Stream<T>, slide: number): Stream<T> {
  return slide === stream.interval ? stream : stream.derive({ kind: 'slide', interval: slide, compute: (items) => items });
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
