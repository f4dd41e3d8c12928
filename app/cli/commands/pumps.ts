import { counted } from '../../../domain/counted.ts';
import { headOf, measureFacts, measureIndex } from '../../../domain/reading/measures.ts';
import { comparePumps } from '../../../domain/pump/pumpOrder.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import type { Reference } from '../../../domain/pump/reference.ts';
import { formatTime } from '../../../domain/reading/wallClock.ts';
import type { Context } from '../context.ts';
import { longestOf, TextTable } from '../textTable.ts';
import { withTable } from '../withTable.ts';
import { valuesJson, valueText, vendorJson } from '../jsonLines.ts';
import { referenceFor } from '../../store/reference.ts';

/** A piece of one row; undefined when there is none, `unknown` while HBase is away. */
type LastReading = Readings | 'unknown' | undefined;

/** How many pumps are written at once. */
const PIECE = 512;

/**
 * `wellwatch pumps`: the reference data, the last reading of each pump, and pumps that the reference does not list.
 * While HBase is away the JSON has no `last`.
 */
export function pumps(context: Context): Promise<number> {
  return withTable(context, async (table, { away }) => {
    const { output, json, notes, config } = context;
    const reference = await referenceFor(config, table, (text) => notes.say(text));
    const ids = [...new Set([...reference.pumps.keys(), ...(await table.pumps())])].sort(comparePumps);
    const shown = new TextTable(
      [
        { head: 'Pump', longest: longestOf(ids) },
        { head: 'Made by', clipTo: 12, rank: 1 },
        { head: 'In service', rank: 3 },
        { head: 'Maintenance', align: 'right', rank: 2 },
        { head: 'Last reading' },
        { head: headOf(measureFacts.psi), align: 'right' },
      ],
      output,
    );
    for (let i = 0; i < ids.length; i += PIECE) {
      const rows: string[][] = [];
      for (const id of ids.slice(i, i + PIECE)) {
        const last = away ? 'unknown' : await table.lastReading(id);
        if (json) output.line(pumpLine(id, reference, last));
        else rows.push(cells(id, reference, last));
      }
      shown.add(rows);
      await output.settle();
    }
    const unknown = ids.filter((id) => !reference.pumps.has(id)).length;
    if (ids.length === 0) notes.say(`No pumps: neither ${config.reference.pumps} nor a stored reading names one.`);
    else if (!json)
      shown.end(
        counted(ids.length, 'pump') +
        (unknown === 0 ? '' : `, ${unknown} of them unknown: ${config.reference.pumps} does not list ${unknown === 1 ? 'it' : 'them'}`),
      );
  }, { fromIndex: true });
}

function pumpLine(id: string, { pumps: known, maintenance }: Reference, last: LastReading): string {
  const vendor = known.get(id) ?? null;
  const events = maintenance.get(id)?.length ?? 0;
  const lastJson = last === 'unknown' ? '' : `,"last":${last ? `{${valuesJson(last, 0)}}` : 'null'}`;
  return `{"pump":${JSON.stringify(id)},"known":${vendor !== null},"vendor":${vendorJson(vendor)},"maintenance":${events}${lastJson}}`;
}

function cells(id: string, reference: Reference, last: LastReading): string[] {
  const known = reference.pumps.get(id);
  return [
    id,
    known ? `${known.vendor} ${known.type}` : 'unknown pump',
    known?.inService ?? '',
    counted(reference.maintenance.get(id)?.length ?? 0, 'event'),
    last === 'unknown' ? 'in HBase' : last ? formatTime(last.time[0]) : 'none',
    typeof last === 'object' ? valueText(last.values[measureIndex.psi][0]) : '',
  ];
}
