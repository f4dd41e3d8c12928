import type { Reference } from '../../domain/pump/reference.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { AlarmDesk } from '../../query/acts/desk.ts';
import type { AlarmFacts } from '../../query/alarms/alarmFacts.ts';
import type { AlarmIndex } from '../../query/alarms/alarmIndex.ts';
import type { TableQueries } from '../../query/tableQueries.ts';
import type { OpenTable } from '../../storage/table/remote.ts';
import type { SqlDesk } from '../sql/sqlDesk.ts';
import type { Config } from '../config/types.ts';

/** What the routes to stored data answer from. */
export interface DataSources {
  readonly config: Config;
  readonly table: OpenTable;
  readonly queries: TableQueries;
  readonly alarms: AlarmIndex;
  /** Where people do something about alarms. */
  readonly desk: AlarmDesk<AlarmFacts>;
  readonly reference: () => Reference;
  /** Who answers questions in SQL. */
  readonly sql: SqlDesk;
  /** How many readings go into one CSV file; more is a matter for the command line. */
  readonly mostCsvRows?: number;
  /** How many questions for curves may be under way; each waits for those before it. */
  readonly mostCurves?: number;
  /** Goes to the log. */
  readonly onLog: (event: LogEvent) => void;
}
