import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, systemCode } from '../../domain/errors.ts';

/*
 * lmdb maps its file and believes what it finds there: a page that is missing ends the process without a word.
 * So the file is looked at beforehand, as liblmdb's mdb.c lays it out on 64-bit little-endian machines (offsets in bytes):
 *
 *   page    0 number u64   8 transaction u64   18 flags u16   20 length of the node list u16   24 places of nodes u16, from 24
 *   meta    a page, then   24 magic u32   48 size of a page u32   88 root of free pages u64   136 main root u64
 *                          144 last page u64   152 transaction u64
 *   node    of a branch    0 number of the page below u48   6 length of the key u16   8 key
 *           of a leaf      0 length of the value u32   4 flags u16   6 length of the key u16   8 key, value
 *
 * A leaf's value is its own bytes, or the number of its first overflow page, or a sub-database with its root at 40.
 */
export const HEADER = 24;
const MAGIC = 0xbeefc0de;
export const BRANCH = 1;
export const LEAF = 2;
const META = 8;
export const OVERFLOWING = 1;
export const SUB_DATABASE = 2;
/** The root of an empty tree. */
export const NO_PAGE = 0xffff_ffff_ffff_ffffn;
const LOOKS = 3;
const PAUSE_MS = 100;

/** What a meta page says: of the trees' roots the first is that of free pages. */
export interface Meta {
  readonly pageBytes: number;
  readonly roots: readonly bigint[];
  readonly lastPage: bigint;
  readonly transaction: bigint;
}

/**
 * Throws STORE_DAMAGED when lmdb could not use its file: a meta page is none, or pages in use are missing.
 * An absent or empty file is sound. Right beside a writer too: only a file that stood still meanwhile is called damaged.
 */
export async function checkPageFile(path: string): Promise<void> {
  if (process.arch !== 'x64' && process.arch !== 'arm64') return;
  const file = await open(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return;
  try {
    let before = await look(file);
    for (let looks = 1; before.damage !== undefined; looks++) {
      await sleep(PAUSE_MS);
      const now = await look(file);
      if (now.damage !== undefined && now.transaction === before.transaction) {
        throw new AppError(
          'STORE_DAMAGED',
          `${path} is damaged: ${now.damage}. Restore it from a backup, or move it away and drop the files again`,
        );
      }
      if (looks === LOOKS) return; // a writer goes on with it
      before = now;
    }
  } finally {
    await file.close();
  }
}

/** What is wrong with the file, if anything is, and the newest transaction seen before that. */
async function look(file: FileHandle): Promise<{ damage?: string; transaction?: bigint }> {
  const meta = await newestMeta(file);
  const { size } = await file.stat(); // later than the meta page: the file only grows
  if (size === 0) return {};
  if (!meta) return { damage: 'expected two meta pages of lmdb at its beginning, found something else' };
  const { pageBytes, lastPage, transaction } = meta;
  // Pages that were given back before they were ever written may lie behind the end of a sound file.
  if (BigInt(size) >= (lastPage + 1n) * BigInt(pageBytes) || await isComplete(file, meta, BigInt(Math.floor(size / pageBytes)))) return {};
  return { damage: `expected ${(lastPage + 1n) * BigInt(pageBytes)} bytes, found ${size}`, transaction };
}

/** The newer one of the two meta pages. Both have to be intact: lmdb believes the second without looking. */
export async function newestMeta(file: FileHandle): Promise<Meta | undefined> {
  const first = await metaAt(file, 0);
  const second = first && await metaAt(file, first.pageBytes);
  if (!second) return undefined;
  return second.transaction > first.transaction ? second : first;
}

async function metaAt(file: FileHandle, position: number): Promise<Meta | undefined> {
  const page = await bytesAt(file, position, HEADER + 136);
  if (!page || page.readUInt16LE(18) !== META || page.readUInt32LE(24) !== MAGIC) return undefined;
  const pageBytes = page.readUInt32LE(48);
  if (pageBytes < 256 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) return undefined;
  return {
    pageBytes,
    roots: [page.readBigUInt64LE(88), page.readBigUInt64LE(136)],
    lastPage: page.readBigUInt64LE(144),
    transaction: page.readBigUInt64LE(152),
  };
}

/** Whether the file's `pages` hold all that the trees refer to. */
async function isComplete(file: FileHandle, { pageBytes, roots }: Meta, pages: bigint): Promise<boolean> {
  const left = [...roots];
  for (let seen = 0n; left.length > 0; seen++) {
    const number = left.pop()!;
    if (number === NO_PAGE) continue;
    if (number >= pages || seen > 2n * pages) return false; // more than there are: a circle
    const page = await bytesAt(file, Number(number) * pageBytes, pageBytes);
    const below = page && pagesBelow(page, pages);
    if (!below) return false;
    left.push(...below);
  }
  return true;
}

/** The pages that a page of a tree refers to; undefined when it is none, or its overflow pages are missing. */
function pagesBelow(page: Buffer, pages: bigint): bigint[] | undefined {
  const flags = page.readUInt16LE(18);
  const end = HEADER + page.readUInt16LE(20);
  if ((flags & (BRANCH | LEAF)) === 0 || end > page.length) return undefined;
  const below: bigint[] = [];
  for (let place = HEADER; place < end; place += 2) {
    const node = HEADER + page.readUInt16LE(place);
    if (node + 8 > page.length) return undefined;
    if (flags & BRANCH) {
      below.push(BigInt(page.readUIntLE(node, 6)));
      continue;
    }
    const nodeFlags = page.readUInt16LE(node + 4);
    if ((nodeFlags & (OVERFLOWING | SUB_DATABASE)) === 0) continue;
    const value = node + 8 + page.readUInt16LE(node + 6);
    if (value + (nodeFlags & SUB_DATABASE ? 48 : 8) > page.length) return undefined;
    if (nodeFlags & SUB_DATABASE) below.push(page.readBigUInt64LE(value + 40));
    else if (page.readBigUInt64LE(value) + BigInt(Math.ceil((HEADER + page.readUInt32LE(node)) / page.length)) > pages) return undefined;
  }
  return below;
}

/** So many bytes, or undefined when the file ends before. */
export async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return bytesRead === length ? buffer : undefined;
}
