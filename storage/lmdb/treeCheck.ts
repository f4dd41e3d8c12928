import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { bytesAt, HEADER, type Meta, newestMeta, NO_PAGE } from './pageFile.ts';
import { isOverflow, nodesOf, type PageNode, type TreeRoot } from './treePage.ts';

/** A page of lmdb's file that can't be followed: all records of a store between two keys, or from its beginning or up to its end. */
export interface DamagedPage {
  /** Its sub-database; empty for what holds the others, or the list of free pages. */
  readonly store: string;
  readonly page: number;
  readonly problem: string;
  readonly from: Buffer | undefined;
  readonly to: Buffer | undefined;
}

/** What was found of a file's trees. */
export interface TreeCheck {
  readonly pages: number;
  readonly damaged: readonly DamagedPage[];
  /** The records of the sub-database that was asked for, as far as its pages are sound. */
  readonly kept: ReadonlyMap<string, Buffer>;
}

interface Part {
  readonly tree: TreeRoot;
  readonly page: bigint;
  readonly from: Buffer | undefined;
  readonly to: Buffer | undefined;
}

const LOOKS = 3;
const PAUSE_MS = 100;

/**
 * Reads every page of a file that its trees refer to, without lmdb: that believes what it finds, and a page that a disk has changed
 * ends the process. Records of the sub-database `keep` are given by key in hex. Undefined where the file can't be looked at
 * beforehand: absent, empty, without meta pages, or changing with each look because somebody writes to it.
 */
export async function checkTrees(path: string, keep: string): Promise<TreeCheck | undefined> {
  const file = await open(path).catch(() => undefined);
  if (!file) return undefined;
  try {
    for (let looks = 0; looks < LOOKS; looks++) {
      if (looks > 0) await pause(PAUSE_MS);
      const meta = await newestMeta(file);
      if (!meta) return undefined;
      const found = await new Walk(file, meta, keep).walk();
      if (found.damaged.length === 0 || (await newestMeta(file))?.transaction === meta.transaction) return found;
    }
    return undefined;
  } finally {
    await file.close();
  }
}

/** One look at all trees of a file. */
class Walk {
  readonly #file: FileHandle;
  readonly #pageBytes: number;
  readonly #pages: bigint;
  readonly #left: Part[];
  readonly #keep: string;
  readonly #seen = new Set<bigint>();
  readonly #records = new Map<TreeRoot, bigint>();
  readonly #damaged: DamagedPage[] = [];
  readonly #kept = new Map<string, Buffer>();

  constructor(file: FileHandle, { pageBytes, roots, lastPage }: Meta, keep: string) {
    this.#file = file;
    this.#pageBytes = pageBytes;
    this.#pages = lastPage + 1n;
    this.#keep = keep;
    this.#left = roots.map((root, i) => whole({ name: '', root, entries: undefined, isOrdered: i > 0 }));
  }

  async walk(): Promise<TreeCheck> {
    for (let part = this.#left.pop(); part; part = this.#left.pop()) {
      if (!this.#records.has(part.tree)) this.#records.set(part.tree, 0n);
      const problem = part.page === NO_PAGE ? undefined : await this.#look(part);
      if (problem !== undefined) this.#tell(part, problem);
    }
    const broken = new Set(this.#damaged.map(({ store }) => store));
    for (const [tree, records] of this.#records)
      if (tree.entries !== undefined && tree.entries !== records && !broken.has(tree.name))
        this.#tell(whole(tree), `it has ${records} records, and should have ${tree.entries}`);
    return { pages: this.#seen.size, damaged: this.#damaged, kept: this.#kept };
  }

  /** Reads a page, and what it refers to is still to be read. A sentence when it can't be followed. */
  async #look(part: Part): Promise<string | undefined> {
    if (part.page >= this.#pages) return 'it is not in the file';
    if (this.#seen.has(part.page)) return 'it is referred to twice';
    this.#seen.add(part.page);
    const page = await bytesAt(this.#file, Number(part.page) * this.#pageBytes, this.#pageBytes);
    const nodes = page ? nodesOf(page, Number(part.page)) : 'it is not in the file';
    if (typeof nodes === 'string') return nodes;
    const unordered = part.tree.isOrdered ? disorder(nodes, part) : undefined;
    if (unordered !== undefined) return unordered;
    for (const [i, node] of nodes.entries()) {
      const place = { ...part, from: i === 0 ? part.from : node.key, to: nodes[i + 1]?.key ?? part.to };
      const problem = await this.#take(node, place);
      if (problem !== undefined) this.#tell({ ...place, from: node.key }, problem);
    }
    return undefined;
  }

  async #take(node: PageNode, { tree, from, to }: Part): Promise<string | undefined> {
    if (node.kind === 'below') {
      this.#left.push({ tree, page: BigInt(node.page), from, to });
      return undefined;
    }
    this.#records.set(tree, this.#records.get(tree)! + 1n);
    if (node.kind === 'tree') this.#left.push(whole(node.tree));
    if (node.kind === 'value' && tree.name === this.#keep) this.#kept.set(node.key.toString('hex'), Buffer.from(node.value));
    if (node.kind !== 'overflow') return undefined;
    const pages = Math.ceil((HEADER + node.bytes) / this.#pageBytes);
    const first = node.page + BigInt(pages) <= this.#pages && await bytesAt(this.#file, Number(node.page) * this.#pageBytes, HEADER);
    this.#seen.add(node.page);
    return first && isOverflow(first, node.page, pages) ? undefined : `the pages of its record ${node.key.toString('hex')} are others`;
  }

  #tell({ tree, page, from, to }: Part, problem: string): void {
    this.#damaged.push({ store: tree.name, page: Number(page), problem, from, to });
  }
}

function whole(tree: TreeRoot): Part {
  return { tree, page: tree.root, from: undefined, to: undefined };
}

/** Keys rise, within what the page above says. The first of a branch stands for all before it, and is empty. */
function disorder(nodes: readonly PageNode[], { from, to }: Part): string | undefined {
  const keys = nodes.slice(nodes[0]?.kind === 'below' ? 1 : 0).map(({ key }) => key);
  const isRising = keys.every((key, i) => (i === 0 ? !from || from.compare(key) <= 0 : keys[i - 1].compare(key) < 0));
  const last = keys.at(-1);
  return isRising && (!last || !to || last.compare(to) < 0) ? undefined : 'its keys are not in order';
}
