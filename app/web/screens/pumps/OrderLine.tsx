import type { Pump } from '../../../http/schemas/pumps.ts';
import { counted } from '../../format.ts';
import { badnessOf } from './pumpState.ts';

/** Orders of pumps in words, by the name that the API has for them. */
export const ORDERS = { worst: 'worst first', name: 'name', vendor: 'vendor', psi: 'lowest pressure' } as const;
export type Order = keyof typeof ORDERS;

/** The order that the address names, the worst first where it names none. */
export function orderOf(text: string): Order {
  return Object.hasOwn(ORDERS, text) ? (text as Order) : 'worst';
}

interface OrderLineProps {
  /** As they stand. */
  readonly shown: readonly Pump[];
  /** As they would stand if they were put in order now. */
  readonly inOrder: readonly Pump[];
  readonly order: Order;
  readonly sort: () => void;
}

/** Cells never change places by themselves, so that each is found where it was; this says when the order is no longer so. */
export function OrderLine({ shown, inOrder, order, sort }: OrderLineProps) {
  const isSorted = shown.length === inOrder.length && shown.every(({ pump }, i) => pump === inOrder[i].pump);
  return (
    <div class="head order-line">
      <span class="muted">{isSorted ? `In order: ${ORDERS[order]}.` : changeWords(shown, inOrder, order)}</span>
      <button type="button" disabled={isSorted} onClick={sort}>Sort again</button>
    </div>
  );
}

function changeWords(shown: readonly Pump[], inOrder: readonly Pump[], order: Order): string {
  if (inOrder.length > shown.length) return `${counted(inOrder.length - shown.length, 'new pump')} not shown yet.`;
  const worse = order === 'worst' ? worseNow(shown) : 0;
  return worse > 0 ? `${counted(worse, 'pump')} got worse since they were put in order.` : 'Some changed since they were put in order.';
}

/** How many stand behind one that is not as bad. */
function worseNow(pumps: readonly Pump[]): number {
  let least = 0;
  let worse = 0;
  for (const pump of pumps) {
    const badness = badnessOf(pump);
    if (badness < least) worse += 1;
    least = Math.max(least, badness);
  }
  return worse;
}
