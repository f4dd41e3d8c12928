import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { ValueRange } from '../../../charts/valueScale.ts';

/** The scale that the pictures of many pumps have in common, so that what is low in one is low in all. */
export interface TileScale {
  /** Undefined before anything is drawn. */
  readonly range: ReadonlySignal<ValueRange | undefined>;
  /** What a pump's own picture spans. */
  readonly tell: (pump: string, own: ValueRange) => void;
}

/** So many times the size of the middle pump's picture is beside the others: it keeps its own scale, and flattens none. */
const REACH = 3;

/** A scale over what is told by and by. */
export function tileScale(): TileScale {
  const spans = signal<ReadonlyMap<string, ValueRange>>(new Map());
  const usual = computed(() => {
    const all = [...spans.value.values()].sort((a, b) => sizeOf(a) - sizeOf(b));
    return all.filter((span) => sizeOf(span) <= REACH * sizeOf(all[Math.floor((all.length - 1) / 2)]));
  });
  const low = computed(() => Math.min(...usual.value.map(([one]) => one)));
  const high = computed(() => Math.max(...usual.value.map(([, one]) => one)));
  return {
    range: computed(() => (low.value <= high.value ? [low.value, high.value] as const : undefined)),
    tell: (pump, own) => { spans.value = new Map(spans.peek()).set(pump, own); },
  };
}

function sizeOf([low, high]: ValueRange): number {
  return Math.max(Math.abs(low), Math.abs(high));
}
