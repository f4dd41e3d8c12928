import type { LogEvent } from '../../domain/logEvent.ts';
import type { NodeState } from './checkpoint.ts';
import { ownCopies } from './ownCopy.ts';

/** What a stream yields at a time: batch times are whole multiples of its interval since 1970. */
export interface Batch<T> {
  /** ms since 1970; the batch holds what came in the interval that ends here. */
  readonly time: number;
  readonly items: readonly T[];
}

/** What can be told of a node of the graph. */
export interface NodeInfo {
  /** What it does, with all that its state depends on: a state is restored to a node of the same kind only. */
  readonly kind: string;
  /** Keeps the state's name the same when operators are added before this one; by default the position in the graph. */
  readonly name?: string | undefined;
  /** What it remembers between batches, by part. */
  readonly state?: Readonly<Record<string, NodeState>>;
  /** Builds anew what is derived from the state, after it was restored as of this batch. */
  readonly restored?: (time: number) => void;
  /** Something leaves the program here: reported with its time. */
  readonly output?: boolean;
}

/** A node of the graph. */
export interface Node<T> extends NodeInfo {
  /** ms between two batches of it. */
  readonly interval: number;
  readonly compute: (time: number) => readonly T[] | Promise<readonly T[]>;
}

/** A node with one input, of the input's interval unless it says so. */
export interface Derived<T, U> extends NodeInfo {
  readonly interval?: number;
  readonly compute: (items: readonly T[], time: number) => readonly U[] | Promise<readonly U[]>;
}

/** The graph that a stream is part of, as far as its operators need it. */
export interface StreamGraph {
  /** Adds a node. Throws AppError CONFIG once batches run. */
  add<T>(node: Node<T>): Stream<T>;
  readonly onEvent: (event: LogEvent) => void;
}

/** A function from a stream to what it becomes: mostly another stream. */
export type Operator<I, O> = (input: I) => O;

/** A sequence of batches, one at each interval. Made by a source or an operator; holds the batch that is being run. */
export class Stream<T> {
  readonly graph: StreamGraph;
  readonly node: Node<T>;
  #items: readonly T[] = [];
  #readers = 0;

  constructor(graph: StreamGraph, node: Node<T>) {
    this.graph = graph;
    this.node = node;
  }

  /** ms between two batches. */
  get interval(): number {
    return this.node.interval;
  }

  /** The items of the batch that is being run, for operators that neither change them nor hand them to a function. */
  get items(): readonly T[] {
    return this.#items;
  }

  /**
   * Gives what reads the items of the batch that is being run, for one operator, which may change them: each reader but
   * the last gets copies, so what one branch of a stream changes in place is seen by no other. Called in the order in
   * which the readers run.
   */
  reader(): () => readonly T[] {
    const number = ++this.#readers;
    return () => (number === this.#readers ? this.#items : ownCopies(this.#items));
  }

  /** Computes the batch of a time; what is before it in the graph has its own already. */
  async run(time: number): Promise<void> {
    this.#items = await this.node.compute(time);
  }

  /** Lets go of the batch. */
  release(): void {
    this.#items = [];
  }

  /** A node after this one. */
  derive<U>({ interval = this.interval, compute, ...info }: Derived<T, U>): Stream<U> {
    const read = this.reader();
    return this.graph.add({ ...info, interval, compute: (time) => compute(read(), time) });
  }

  /** Applies operators from left to right: `lines.pipe(flatMap(words), map(one), reduceByKey(add))`. */
  pipe<A>(a: Operator<Stream<T>, A>): A;
  pipe<A, B>(a: Operator<Stream<T>, A>, b: Operator<A, B>): B;
  pipe<A, B, C>(a: Operator<Stream<T>, A>, b: Operator<A, B>, c: Operator<B, C>): C;
  pipe<A, B, C, D>(a: Operator<Stream<T>, A>, b: Operator<A, B>, c: Operator<B, C>, d: Operator<C, D>): D;
  pipe<A, B, C, D, E>(a: Operator<Stream<T>, A>, b: Operator<A, B>, c: Operator<B, C>, d: Operator<C, D>, e: Operator<D, E>): E;
  pipe<A, B, C, D, E, F>(
    a: Operator<Stream<T>, A>,
    b: Operator<A, B>,
    c: Operator<B, C>,
    d: Operator<C, D>,
    e: Operator<D, E>,
    f: Operator<E, F>,
  ): F;
  pipe<A, B, C, D, E, F, G>(
    a: Operator<Stream<T>, A>,
    b: Operator<A, B>,
    c: Operator<B, C>,
    d: Operator<C, D>,
    e: Operator<D, E>,
    f: Operator<E, F>,
    g: Operator<F, G>,
  ): G;
  pipe<A, B, C, D, E, F, G, H>(
    a: Operator<Stream<T>, A>,
    b: Operator<A, B>,
    c: Operator<B, C>,
    d: Operator<C, D>,
    e: Operator<D, E>,
    f: Operator<E, F>,
    g: Operator<F, G>,
    h: Operator<G, H>,
  ): H;
  pipe(...operators: Operator<never, unknown>[]): unknown {
    // The overloads above are what holds the types of a chain together.
    return operators.reduce((input: unknown, operator) => operator(input as never), this);
  }
}
