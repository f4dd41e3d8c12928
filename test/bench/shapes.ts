import { lines, type Slice } from './rows.ts';

const NAMES = ['hz', 'disp', 'flo', 'sed', 'psi', 'chl'];
const MEASURES = { hz: 'hz', disp: 'disp', flo: 'flo', sedPPM: 'sed', psi: 'psi', chlPPM: 'chl' } as const;

/** Formats of the configuration for the shapes below, by name. */
export const FORMATS = {
  wide: {
    kind: 'csv', delimiter: ';', decimal: ',', pump: { column: 'well' }, time: { columns: ['date', 'time'], format: 'M/D/YY H:mm:ss' },
    measures: MEASURES,
  },
  long: {
    kind: 'csv', tag: { column: 'tag', pattern: '(?<pump>[^.]+)\\.(?<measure>.+)' }, time: { column: 'time', format: 'M/D/YY H:mm:ss' },
    value: { column: 'value' }, quality: { column: 'quality', good: ['Good'] },
    measures: MEASURES,
  },
} as const;

/** Readings of which a quarter of the cells is missing, always the same ones; none lacks all. */
export function* withGaps(slice: Slice): Generator<Buffer> {
  let state = 1;
  for (const line of lines(slice)) {
    const fields = line.toString().trimEnd().split(',');
    for (let i = 3; i < fields.length - 1; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes, section 7.1
      if (state / 2 ** 32 < 0.3) fields[i] = ''; // of six cells the last stays
    }
    yield Buffer.from(`${fields.join(',')}\n`);
  }
}

/** A historian's export: a column for each measure, decimal commas, semicolons. */
export function* wide(slice: Slice): Generator<Buffer> {
  yield Buffer.from('well;date;time;hz;disp;flo;sed;psi;chl\n');
  for (const line of lines(slice)) {
    const [pump, date, time, ...values] = line.toString().trimEnd().split(',');
    yield Buffer.from(`${[pump, date, withSeconds(time), ...values.map((value) => value.replace('.', ','))].join(';')}\n`);
  }
}

/** A line for each value, with its quality: six times as many lines as readings. */
export function* long(slice: Slice): Generator<Buffer> {
  yield Buffer.from('tag,time,value,quality\n');
  for (const line of lines(slice)) {
    const [pump, date, time, ...values] = line.toString().trimEnd().split(',');
    yield Buffer.from(values.map((value, i) => `${pump}.${NAMES[i]},${date} ${withSeconds(time)},${value},Good\n`).join(''));
  }
}

function withSeconds(time: string): string {
  return time.length < 6 ? `${time}:00` : time;
}
