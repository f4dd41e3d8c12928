import { AppError, messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { Checkpoint, NodeState } from './checkpoint.ts';
import { type Node, Stream, type StreamGraph } from './stream.ts';

/** What one output of a batch was and took. */
export interface OutputReport {
  readonly name: string;
  readonly rows: number;
  readonly ms: number;
}

/** The operators of a context in the order in which they were made: each comes after its inputs. */
export class Graph implements StreamGraph {
  readonly batchInterval: number;
  readonly onLog: (event: LogEvent) => void;
  readonly #streams: Stream<unknown>[] = [];
  #sealed = false;

  constructor(batchInterval: number, onLog: (event: LogEvent) => void) {
    this.batchInterval = batchInterval;
    this.onLog = onLog;
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
  async run(time: number): Promise<OutputReport[]> {
    const outputs: OutputReport[] = [];
    try {
      for (const [position, stream] of this.#streams.entries()) {
        if (time % stream.interval !== 0) continue;
        const began = performance.now();
        await stream.run(time);
        if (stream.node.output) outputs.push({ name: nameOf(stream, position), rows: stream.items.length, ms: performance.now() - began });
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
      else this.onLog({ level: 'warn', message: `the checkpoint has no state for "${name}": it begins with its initial state` });
    }
    for (const name of left)
      this.onLog({
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
