import { type Measure, measureFacts } from '../../../../domain/reading/measures.ts';
import type { RangeFigures as Figures } from '../../../http/schemas/curves.ts';
import { get, pathOf } from '../../api.ts';
import { columnText } from '../../charts/limits.ts';
import type { View } from '../../charts/view.ts';
import { counted, fixed, PSI_FIRST } from '../../format.ts';
import { Loaded } from '../../parts/Loaded.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { useResource } from '../../resource.ts';
import { limitsOf } from '../../rules.ts';
import { wallShort, wallText } from '../../times.ts';

interface RangeFiguresProps {
  readonly pump: string;
  /** What the address says, not what a hand moves just now. */
  readonly view: View;
  /** The wall time in ms of the pump's last reading. */
  readonly last: number;
}

/** The shown range in figures, each measure beside as long a time before it. */
export function RangeFigures({ pump, view, last }: RangeFiguresProps) {
  const asked = { from: wallText(view.from), to: wallText(view.to + 1) };
  const figures = useResource(JSON.stringify([asked, view.to >= last ? last : null]), (signal) =>
    get<Figures>(`/pumps${pathOf(pump)}/figures`, asked, signal));
  return (
    <section class="pump-section">
      <Loaded resource={figures} lines={6}>
        {(answer) => (
          <>
            <div class="head">
              <h2>Figures of this range</h2>
              <p class="showing">
                {counted(answer.rows, 'reading')}, {wallShort(answer.from)} – {wallShort(wallText(view.to))}; before: {counted(answer.before.rows, 'reading')} of as long a time
              </p>
            </div>
            <Table caption="Figures of this range" columns={columnsOf(answer)} rows={PSI_FIRST} rowKey={(measure) => measure} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function columnsOf(figures: Figures): readonly Column<Measure>[] {
  const number = (key: string, head: string, value: (measure: Measure) => number | null | undefined): Column<Measure> =>
    ({ key, head, numeric: true, cell: (measure) => columnText(value(measure) ?? null, measure, limitsOf(figures.pump)[measure]) });
  return [
    { key: 'measure', head: 'Measure', cell: (measure) => <>{measureFacts[measure].label} <span class="unit">{measureFacts[measure].unit}</span></> },
    number('min', 'Lowest', (measure) => figures[measure]?.min),
    number('avg', 'Mean', (measure) => figures[measure]?.avg),
    number('max', 'Highest', (measure) => figures[measure]?.max),
    number('before', 'Mean before', (measure) => figures.before[measure]?.avg),
    {
      key: 'change', head: 'Change', numeric: true,
      cell: (measure) => changeText(figures[measure]?.avg, figures.before[measure]?.avg, measureFacts[measure].digits),
    },
  ];
}

/** The change of a mean against the one before: `−12.3`. */
export function changeText(now: number | null | undefined, before: number | null | undefined, digits: number): string {
  if (now === null || now === undefined || before === null || before === undefined) return '–';
  return `${now < before ? '−' : '+'}${fixed(Math.abs(now - before), digits)}`;
}
