import { setTimeout as sleep } from 'node:timers/promises';
import { counted } from '../../../domain/counted.ts';
import { AppError } from '../../../domain/errors.ts';
import { neededText } from '../../../query/acts/names.ts';
import { lockInstance, type InstanceLock } from '../../../storage/files/instanceLock.ts';
import type { Retracted } from '../../../storage/table/retractions.ts';
import type { Table } from '../../../storage/table/table.ts';
import { carryOut, outcomeOf, pendingRetractions } from '../../retract/carryOut.ts';
import { type Asked, type NameOf, planRetraction, requireMeaning } from '../../retract/plan.ts';
import { openActLog } from '../../store/actBook.ts';
import { hasTable, isElsewhere, openTable } from '../../store/openTable.ts';
import type { Context } from '../context.ts';
import { doerName } from '../doerName.ts';
import { interruptible } from '../interrupt.ts';
import { type PeriodOptions, timeRange } from '../period.ts';
import { printable } from '../textTable.ts';
import { nothingStored } from '../withTable.ts';

export interface RetractOptions extends PeriodOptions {
  readonly source?: string | undefined;
  readonly pump?: string | undefined;
  readonly reason?: string | undefined;
  readonly by?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** How long it waits for a store that is away. */
const PATIENCE_MS = 60_000;
/** So often it is looked whether the running job is done with it. */
const LOOK_MS = 100;

/**
 * `wellwatch retract`: takes readings out. What is to be taken out is written down first, as an act; then the running job does it,
 * or this process where none runs. With `--dry-run` it only tells what that would be.
 */
export async function retract(context: Context, options: RetractOptions): Promise<number> {
  const { config, notes, output } = context;
  const asked = askedFor(options, context.config.site.timezone);
  if (!(await hasTable(config, PATIENCE_MS))) {
    notes.say(nothingStored(config));
    show(context, { retracted: 0, pumpDays: 0 }, true);
  } else if (isElsewhere(config)) {
    throw new AppError('CONFLICT', 'readings can only be taken back where "wellwatch run" runs, in its data directory: where they came from is kept there');
  } else if (options.dryRun) show(context, (await planOf(context, asked)).planned, true);
  else await interruptible((signal) => takeBack(context, asked, signal));
  await output.flush();
  return 0;
}

async function takeBack(context: Context, asked: Asked & { readonly by: string }, signal: AbortSignal): Promise<void> {
  const { config, notes } = context;
  if (await doHere(context, signal)) notes.progress(''); // what an earlier one was interrupted at: this one is planned on what is left
  const { deed, planned } = await planOf(context, asked);
  if (planned.retracted === 0) return show(context, planned, false);
  const author = { at: Date.now(), by: asked.by, verified: false, via: 'cli', key: null } as const;
  const [act] = await (await openActLog(config)).append(author, () => [deed]);
  for (;;) {
    await doHere(context, signal);
    const outcome = await reading(context, (table) => outcomeOf(table, act.number));
    if (outcome?.done) return show(context, outcome, false);
    if (signal.aborted)
      throw new AppError('CONFLICT', `interrupted: what is to be taken back is written down as act ${act.number}, and the running job, the ` +
        'next "wellwatch run" or the next "wellwatch retract" does it to the end');
    notes.progress(`the running job takes them out: ${counted(outcome?.retracted ?? 0, 'row')} of ${planned.retracted}`);
    await sleep(LOOK_MS);
  }
}

/** Carries out what is written down where no job runs; says whether that is so. */
async function doHere({ config, notes }: Context, signal: AbortSignal): Promise<boolean> {
  const lock = await lockIfFree(config.dataDir);
  if (!lock) return false;
  try {
    const acts = (await openActLog(config)).read();
    if (!acts.some(({ kind }) => kind === 'retract')) return true;
    const table = await openTable(config, { mode: 'writer', patienceMs: PATIENCE_MS, signal });
    try {
      if ((await pendingRetractions(table, acts)).length === 0) return true;
      await table.recover();
      await carryOut({
        table, acts, signal, rules: config.rules,
        onPiece: ({ retracted, pump }) => notes.progress(`${counted(retracted, 'row')} taken out: ${printable(pump)}`),
      });
    } finally {
      await table.close();
    }
    return true;
  } finally {
    lock.release();
  }
}

async function lockIfFree(dataDir: string): Promise<InstanceLock | undefined> {
  try {
    return await lockInstance(dataDir);
  } catch (error) {
    if (error instanceof AppError && error.code === 'ALREADY_RUNNING') return undefined;
    throw error;
  }
}

/** What is meant, and what that comes to. Throws NOT_FOUND. */
const planOf = (context: Context, asked: Asked) => reading(context, (table) => planRetraction(table, asked, flag));

const flag: NameOf = (name) => `--${name}`;

async function reading<T>({ config }: Context, ask: (table: Table) => Promise<T>): Promise<T> {
  const table = await openTable(config, { mode: 'reader', patienceMs: PATIENCE_MS });
  try {
    return await ask(table);
  } finally {
    await table.close();
  }
}

/** Throws USAGE. */
function askedFor({ source, pump, reason, by, dryRun, ...period }: RetractOptions, zone: string): Asked & { readonly by: string } {
  const { from = null, to = null } = timeRange(period, zone);
  const asked = { source, pump: pump ?? null, from, to, reason: '' };
  requireMeaning(asked, flag);
  return { ...asked, reason: dryRun ? '' : neededText('--reason', reason), by: doerName(by) };
}

function show({ json, output, notes }: Context, { retracted, pumpDays }: Retracted, isDry: boolean): void {
  if (!json) notes.progress('');
  if (json) return output.line(JSON.stringify({ retracted, pumpDays }));
  if (retracted === 0) return output.line('There is nothing to take out: no stored row is like that.');
  const what = `${counted(retracted, 'row')} of ${counted(pumpDays, 'pump-day')}`;
  output.line(isDry
    ? `${what} would be taken out. Nothing was changed: without --dry-run it is done, and what they had replaced comes back.`
    : `${what} taken out; what they had replaced is back. "wellwatch summarize" brings the daily statistics up to date, and ` +
      '"wellwatch acts" keeps who did it and why.');
}
