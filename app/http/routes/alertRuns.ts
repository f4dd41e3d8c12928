import { eventText, type Reference } from '../../../domain/pump/reference.ts';
import type { RankedOccurrence } from '../../../query/facts.ts';
import type { Column } from '../../../storage/parquet/columnTypes.ts';
import type { Row } from '../../export/exportedTables.ts';
import { alertRunAnswer } from '../answers.ts';
import type { Api } from '../api.ts';
import { listPages, sendCsv } from '../csvReply.ts';
import type { DataSources } from '../dataSources.ts';
import { LIST_FORMS, wantsCsv } from '../forms.ts';
import { alertRunPage } from '../schemas/alerts.ts';
import { alertFields, flagField, jsonOrCsv, pageFields, searchField, strictQuery, wallRange } from './queryFields.ts';

const runQuery = strictQuery({
  ...alertFields,
  active: flagField.meta({
    description:
      'true: only those that go on; false: only those that are over. Those that go on are there whatever range is asked for, ' +
      'unless this is false',
  }),
  q: searchField,
  ...pageFields(500, 50),
});

const MOVING =
  'Those that go on come first, by their beginning; then the others by their end. A run that ends, or goes on again, between two ' +
  'pages changes its place: it may be on both, or on neither. Pages of `active=true` and of `active=false` alone have each run ' +
  'once.';

/** `alert-runs`: those that go on first, then by newest end. */
export function alertRunRoutes(api: Api, { queries, reference, onLog }: Pick<DataSources, 'queries' | 'reference' | 'onLog'>): void {
  const schema = {
    tags: ['alerts'],
    summary: 'Alerts in readings that follow each other, as one',
    description: MOVING,
    querystring: runQuery,
    response: jsonOrCsv(alertRunPage, 'pump,rule,measure,priority,from,to,active,… of all that match'),
  };
  api.get('/alert-runs', { schema, config: { forms: LIST_FORMS } }, async (request, reply) => {
    const { pump, rule, from, to, active, q, cursor, limit } = request.query;
    const asked = { pump, rule, q, active: active === undefined ? undefined : active === 'true', ...wallRange({ from, to }) };
    const known = reference();
    if (wantsCsv(request)) {
      const pages = listPages((page) => queries.alertRuns({ ...asked, ...page }), (run) => runRow(run, known), cursor);
      return sendCsv(request, reply, { columns: RUN_COLUMNS, pages }, { name: 'alert-runs', onLog });
    }
    const page = await queries.alertRuns({ ...asked, after: cursor, limit });
    return { items: page.items.map((run) => alertRunAnswer(run, known)), total: page.total, active: page.active, next: page.next };
  });
}

const RUN_COLUMNS: readonly Column[] = [
  { name: 'pump', type: 'text' },
  { name: 'rule', type: 'text' },
  { name: 'measure', type: 'text' },
  { name: 'priority', type: 'text', nullable: true },
  { name: 'from', type: 'wallTime' },
  { name: 'to', type: 'wallTime' },
  { name: 'active', type: 'boolean' },
  { name: 'count', type: 'count' },
  { name: 'worst', type: 'double' },
  { name: 'comparison', type: 'text' },
  { name: 'threshold', type: 'double' },
  { name: 'receivedAt', type: 'instant' },
  { name: 'known', type: 'boolean' },
  { name: 'type', type: 'text', nullable: true },
  { name: 'vendor', type: 'text', nullable: true },
  { name: 'lastMaintenance', type: 'text', nullable: true },
];

function runRow(
  { pump, rule, measure, priority, from, to, active, count, worst, comparison, threshold, receivedAt }: RankedOccurrence,
  { pumps, maintenance }: Reference,
): Row {
  const vendor = pumps.get(pump);
  const last = maintenance.get(pump)?.at(-1);
  return [
    pump,
    rule,
    measure,
    priority,
    from,
    to,
    active,
    count,
    worst,
    comparison,
    threshold,
    receivedAt,
    vendor !== undefined,
    vendor?.type ?? null,
    vendor?.vendor ?? null,
    last ? eventText(last) : null,
  ];
}
