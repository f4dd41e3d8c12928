import { BRANCH, HEADER, LEAF, OVERFLOWING, SUB_DATABASE } from './pageFile.ts';

/** The kinds of pages, among their flags; those above are for pages in memory. */
const KINDS = 0x7f;
const OVERFLOW = 4;
const KEY_FLAGS_AT = 4;
const ROOT_AT = 40;
const ENTRIES_AT = 32;
/** A tree whose keys are numbers of the machine, not bytes in order. */
const INTEGER_KEYS = 8;

/** A tree of lmdb's: its name, root, and how many records it should have. */
export interface TreeRoot {
  readonly name: string;
  readonly root: bigint;
  readonly entries: bigint | undefined;
  readonly isOrdered: boolean;
}

/** What a node of a page says: the page below it, or its value, or where that lies, or another tree. */
export type PageNode =
  | { readonly kind: 'below'; readonly key: Buffer; readonly page: number }
  | { readonly kind: 'value'; readonly key: Buffer; readonly value: Buffer }
  | { readonly kind: 'overflow'; readonly key: Buffer; readonly page: bigint; readonly bytes: number }
  | { readonly kind: 'tree'; readonly key: Buffer; readonly tree: TreeRoot };

/** The nodes of a page of a tree, or a sentence that says what is wrong with it. Layout: see pageFile.ts. */
export function nodesOf(page: Buffer, number: number): PageNode[] | string {
  const flags = page.readUInt16LE(18) & KINDS;
  const [lower, upper] = [page.readUInt16LE(20), page.readUInt16LE(22)];
  if (page.readBigUInt64LE(0) !== BigInt(number)) return `it says that it is page ${page.readBigUInt64LE(0)}`;
  if (flags !== BRANCH && flags !== LEAF) return 'it is no page of a tree';
  if (lower % 2 !== 0 || lower > upper || HEADER + upper > page.length) return 'its list of nodes is none';
  const nodes: PageNode[] = [];
  for (let place = HEADER; place < HEADER + lower; place += 2) {
    const at = HEADER + page.readUInt16LE(place);
    if (at < HEADER + upper || at + 8 > page.length) return 'a node lies outside';
    const node = flags === BRANCH ? branchNode(page, at) : leafNode(page, at);
    if (!node) return 'a node does not end within it';
    nodes.push(node);
  }
  return nodes;
}

/** Whether a page begins so many overflow pages, as it should. */
export function isOverflow(page: Buffer, number: bigint, pages: number): boolean {
  return page.readBigUInt64LE(0) === number && (page.readUInt16LE(18) & KINDS) === OVERFLOW && page.readUInt32LE(20) === pages;
}

function keyAt(page: Buffer, at: number): Buffer | undefined {
  const end = at + 8 + page.readUInt16LE(at + 6);
  return end > page.length ? undefined : page.subarray(at + 8, end);
}

function branchNode(page: Buffer, at: number): PageNode | undefined {
  const key = keyAt(page, at);
  return key && { kind: 'below', key, page: page.readUIntLE(at, 6) };
}

function leafNode(page: Buffer, at: number): PageNode | undefined {
  const key = keyAt(page, at);
  if (!key) return undefined;
  const flags = page.readUInt16LE(at + 4);
  const [begin, bytes] = [at + 8 + key.length, page.readUInt32LE(at)];
  const isElsewhere = (flags & OVERFLOWING) !== 0;
  if (begin + (isElsewhere ? 8 : bytes) > page.length) return undefined;
  if (isElsewhere) return { kind: 'overflow', key, page: page.readBigUInt64LE(begin), bytes };
  const value = page.subarray(begin, begin + bytes);
  if ((flags & SUB_DATABASE) === 0) return { kind: 'value', key, value };
  return bytes < ROOT_AT + 8 ? undefined : { kind: 'tree', key, tree: treeOf(key, value) };
}

function treeOf(key: Buffer, record: Buffer): TreeRoot {
  return {
    name: key.toString().replace(/\0$/, ''),
    root: record.readBigUInt64LE(ROOT_AT),
    entries: record.readBigUInt64LE(ENTRIES_AT),
    isOrdered: (record.readUInt16LE(KEY_FLAGS_AT) & INTEGER_KEYS) === 0,
  };
}
