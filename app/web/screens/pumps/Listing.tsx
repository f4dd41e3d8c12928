import type { RefObject } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type { Pump } from '../../../http/schemas/pumps.ts';
import { count, counted } from '../../format.ts';
import { useHeldRows } from '../../heldRows.ts';
import { pumpsThat } from '../../lastReadings.ts';
import { NewRows } from '../../parts/NewRows.tsx';
import { storeAway } from '../../store.ts';
import { type Order, OrderLine } from './OrderLine.tsx';
import { PumpMatrix } from './PumpMatrix.tsx';
import { PumpTile } from './PumpTile.tsx';
import { tileScale } from './tileScale.ts';

/** An answer to what was asked of the pumps. */
export interface Listed {
  readonly items: readonly Pump[];
  /** How many there are, and how many of them are outside their limits. */
  readonly total: number;
  readonly active: number;
  readonly more: boolean;
  /** What is shown and is no longer among them. */
  readonly left: readonly Pump[];
  /** What this is the answer to: it is shown until the next one is there. */
  readonly asked: string;
  /** The part of ids that it was asked by. */
  readonly q: string;
}

/** What stands on the screen, and what it answers. */
export interface Shown {
  readonly question: string;
  readonly rows: readonly Pump[];
}

interface ListingProps extends Listed {
  readonly hours: number;
  readonly shown: RefObject<Shown>;
  readonly isMatrix: boolean;
  readonly by: 'vendor' | 'name';
  readonly order: Order;
}

/** Pumps as tiles, or as a matrix whose cells stay where they are. */
export function Listing({ items, left, total, active, asked, q, hours, shown, isMatrix, by, order }: ListingProps) {
  const place = useRef<HTMLDivElement>(null);
  const { rows, waiting, show } = useHeldRows(items, { place, keyOf: idOf, left, question: `${asked} ${isMatrix}`, stays: isMatrix });
  shown.current = { question: asked, rows };
  const scale = useMemo(tileScale, [asked, hours]);
  const anyKnown = rows.some(({ known }) => known);
  const silent = pumpsThat('silent').filter(({ pump }) => pump.toLowerCase().includes(q.toLowerCase())).length;
  const state =
    active > 0
      ? `${count(active)} outside their limits`
      : storeAway.value
        ? 'whether they are within their limits can’t be told'
        : silent > 0
          ? `those that report within their limits, ${count(silent)} silent`
          : 'all within their limits';
  return (
    <>
      <p class="showing" role="status">
        {counted(total, 'pump')}, {state}
        {rows.length < total && `; the first ${count(rows.length)} are shown`}{!anyKnown && '; no file lists them as pumps of this site'}{isMatrix ? '; the last pressure of each in psi' : `; pressure over the ${hours === 24 ? '24 h' : '7 days'} up to each one’s last reading`}
      </p>
      <div ref={place} class="stack">
        {isMatrix ? (
          <>
            <OrderLine shown={rows} inOrder={items} order={order} sort={show} />
            <PumpMatrix pumps={rows} by={by} />
          </>
        ) : (
          <>
            <NewRows waiting={waiting} show={show} />
            <ul class="tiles">
              {rows.map((pump) => (
                <PumpTile key={pump.pump} pump={pump} hours={hours} tellsUnknown={anyKnown} scale={scale} />
              ))}
            </ul>
          </>
        )}
      </div>
    </>
  );
}

/** A pump's name among pumps. */
export function idOf({ pump }: Pump): string {
  return pump;
}
