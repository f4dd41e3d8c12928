import { AppError, messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { Checkpoint, NodeState } from './checkpoint.ts';
import { sayChangedInPlace } from './changedInPlace.ts';
import { type Node, Stream, type StreamGraph } from './stream.ts';

/** What one output of a batch was and took. */
export interface OutputReport {
  readonly name: string;
  readonly rows: number;
  readonly ms: number;
}

/** Who hears of the outputs of a batch while it runs. */
export interface OutputWatch {
  started(name: string): void;
  /** With the error, if it failed. */
  completed(report: OutputReport, error?: string): void;
}

/** The operators of a context in the order in which they were made: each comes after its inputs. */
export class Graph implements StreamGraph {
  readonly batchInterval: number;
  readonly onEvent: (event: LogEvent) => void;
  readonly #streams: Stream<unknown>[] = [];
  #sealed = false;

  constructor(batchInterval: number, onEvent: (event: LogEvent) => void) {
    this.batchInterval = batchInterval;
    this.onEvent = onEvent;
  }

  /** Adds a node. Throws AppError CONFIG once batches run. */
  add<T>(node: Node<T>): Stream<T> {
    if (this.#sealed)
      throw new AppError(
        'CONFIG',
        `expected all operators before the first batch, got ${node.kind} after it: build the stream, then start it`,
      );
    const stream = new Stream(this, node);
    this.#streams.push(stream);
    return stream;
  }

  /** No operator can be added any more. Throws AppError CONFIG when two states have one name. */
  seal(): void {
    this.#sealed = true;
    const names = new Set<string>();
    for (const [name] of this.#states()) {
      if (names.has(name))
        throw new AppError('CONFIG', `expected every named operator to have a name of its own, got "${name}" twice: rename one`);
      names.add(name);
    }
  }

  /** Runs the nodes that have a batch at this time, and gives what outputs took. */
  async run(time: number, watch: OutputWatch): Promise<OutputReport[]> {
    const outputs: OutputReport[] = [];
    try {
      for (const [position, stream] of this.#streams.entries()) {
        if (time % stream.interval !== 0) continue;
        if (stream.node.output) outputs.push(await runOutput(stream, { time, name: nameOf(stream, position), watch }));
        else await runNode(stream, time);
      }
    } finally {
      for (const stream of this.#streams) stream.release();
    }
    return outputs;
  }

  /** What the batch changed of all states. */
  changes(time: number): Checkpoint {
    return this.#collect(time, (state) => state.changes());
  }

  forgetChanges(): void {
    for (const [, state] of this.#states()) state.forgetChanges();
  }

  /** All states. */
  whole(time: number): Checkpoint {
    return this.#collect(time, (state) => state.entries());
  }

  /** Gives every operator its state; what has no place any more, or is new, is told. */
  restore({ time, state }: Checkpoint): void {
    const left = new Set(Object.keys(state));
    for (const [name, part] of this.#states()) {
      if (left.delete(name)) part.restore(state[name]);
      else this.onEvent({ level: 'warn', message: `the checkpoint has no state for "${name}": it begins with its initial state` });
    }
    for (const name of left)
      this.onEvent({
        level: 'warn',
        message: `the checkpoint has state for "${name}", which is no operator of this stream: it is left behind`,
      });
    for (const [position, stream] of this.#streams.entries()) {
      if (Object.keys(stream.node.state ?? {}).some((part) => `${nameOf(stream, position)}/${part}` in state)) stream.node.restored?.(time);
    }
  }

  #collect(time: number, read: (state: NodeState) => Checkpoint['state'][string]): Checkpoint {
    const state: Record<string, Checkpoint['state'][string]> = {};
    for (const [name, part] of this.#states()) {
      try {
        state[name] = read(part);
      } catch (error) {
        throw new AppError('CONFIG', `the state of "${name}" can't be kept: ${messageOf(error)}`, { cause: error });
      }
    }
    return { time, state };
  }

  *#states(): Iterable<[name: string, state: NodeState]> {
    for (const [position, stream] of this.#streams.entries()) {
      for (const [part, state] of Object.entries(stream.node.state ?? {})) yield [`${nameOf(stream, position)}/${part}`, state];
    }
  }
}

function nameOf({ node }: Stream<unknown>, position: number): string {
  return `${node.name ?? position} ${node.kind}`;
}

async function runNode(stream: Stream<unknown>, time: number): Promise<void> {
  try {
    await stream.run(time);
  } catch (error) {
    throw sayChangedInPlace(error, stream.node.kind);
  }
}

interface OutputRun {
  readonly time: number;
  readonly name: string;
  readonly watch: OutputWatch;
}

async function runOutput(stream: Stream<unknown>, { time, name, watch }: OutputRun): Promise<OutputReport> {
  const began = performance.now();
  const report = (): OutputReport => ({ name, rows: stream.items.length, ms: performance.now() - began });
  watch.started(name);
  try {
    await runNode(stream, time);
  } catch (error) {
    watch.completed(report(), messageOf(error));
    throw error;
  }
  const done = report();
  watch.completed(done);
  return done;
}
