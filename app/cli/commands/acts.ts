import type { Act, ActKind } from '../../../domain/alarm/acts/act.ts';
import { actText } from '../../../domain/alarm/acts/actText.ts';
import { counted } from '../../../domain/counted.ts';
import { actItem } from '../../../query/acts/actItem.ts';
import { isActAskedFor } from '../../../query/acts/actPages.ts';
import { openActBook } from '../../store/actBook.ts';
import type { Context } from '../context.ts';
import { type PeriodOptions, timeRange } from '../period.ts';
import { siteTime } from '../siteTime.ts';
import { TextTable } from '../textTable.ts';

export interface ActsOptions extends PeriodOptions {
  readonly pump?: string | undefined;
  readonly rule?: string | undefined;
  readonly by?: string | undefined;
  readonly kind?: ActKind | undefined;
}

/** `wellwatch acts`: who did what, in the order in which it was done. */
export async function acts({ config, json, output, notes }: Context, { from, to, ...options }: ActsOptions): Promise<number> {
  const question = { ...options, ...timeRange({ from, to }, config.site.timezone) };
  const book = await openActBook(config);
  const all = book.all();
  const asked = all.filter((act) => isActAskedFor(act, question, book.clock));
  if (json) for (const act of asked) output.line(JSON.stringify(actItem(act)));
  else if (asked.length > 0) {
    const { timezone } = config.site;
    const shown = new TextTable([
      { head: 'No.', align: 'right', rank: 3 }, { head: `At, ${timezone}` }, { head: 'Who' }, { head: 'What', rank: 1 }, { head: 'Pump' },
      { head: 'Rule' }, { head: 'Said', clipTo: 20, rank: 2 },
    ], output);
    shown.add(asked.map((act) => rowOf(act, timezone)));
    shown.end(counted(asked.length, 'act'));
  }
  await output.flush();
  if (asked.length === 0) notes.say(all.length === 0 ? 'Nobody has done anything about alarms yet.' : 'No act is like that.');
  if (book.log.torn > 0)
    notes.say(
      `${counted(book.log.torn, 'line')} of ${book.log.path} can't be read: a crash tore what nobody was told is safe, or a newer ` +
      'version wrote it.',
    );
  return 0;
}

function rowOf(act: Act, zone: string): string[] {
  const [pump, rule] = act.kind === 'settings' ? ['', ''] : [act.pump ?? '', ('rule' in act ? act.rule : null) ?? ''];
  const who = `${act.by}${act.verified ? '' : ' (not verified)'}`;
  return [String(act.number), siteTime(act.at, zone), who, act.kind, pump, rule, actText(act)];
}
