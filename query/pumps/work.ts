import type { Maintenance, Reference } from '../../domain/pump/reference.ts';

/** Which pumps, by who made them and what was done to them; names as the files have them, in any case. */
export interface WorkQuestion {
  readonly vendor?: string | undefined;
  readonly technician?: string | undefined;
  /** The kind of work: an event's description. */
  readonly work?: string | undefined;
}

/** The names that can be asked for, each once, in order. */
export interface WorkNames {
  readonly vendors: readonly string[];
  readonly technicians: readonly string[];
  readonly works: readonly string[];
}

/** The last event before a day, `YYYY-MM-DD`: the day's own may be a consequence of what happened on it. */
export function lastBefore(events: readonly Maintenance[], day: string): Maintenance | undefined {
  return events.findLast(({ date }) => date < day);
}

/** A test of pump-days: by the pump's vendor, and by the last work before the day. Undefined when nothing is asked. */
export function workTest(question: WorkQuestion, reference: Reference): ((pump: string, day: string) => boolean) | undefined {
  if (!asksAnything(question)) return undefined;
  const isWanted = eventTest(question);
  return (pump, day) => {
    if (!isMadeBy(question, pump, reference)) return false;
    if (question.technician === undefined && question.work === undefined) return true;
    const last = lastBefore(reference.maintenance.get(pump) ?? [], day);
    return last !== undefined && isWanted(last);
  };
}

/** Whether a pump is of the vendor, and has ever had such work. */
export function hadWork(question: WorkQuestion, pump: string, reference: Reference): boolean {
  if (!isMadeBy(question, pump, reference)) return false;
  if (question.technician === undefined && question.work === undefined) return true;
  return (reference.maintenance.get(pump) ?? []).some(eventTest(question));
}

/** A test of single events. */
export function eventTest({ technician, work }: WorkQuestion): (event: Maintenance) => boolean {
  return (event) => isSame(technician, event.technician) && isSame(work, event.description);
}

/** Whether a pump is of the vendor that is asked for, if one is. */
export function isMadeBy({ vendor }: WorkQuestion, pump: string, reference: Reference): boolean {
  return vendor === undefined || isSame(vendor, reference.pumps.get(pump)?.vendor);
}

/** The names of a reference that can be asked for. */
export function workNames({ pumps, maintenance }: Reference): WorkNames {
  const events = [...maintenance.values()].flat();
  return {
    vendors: named([...pumps.values()].map(({ vendor }) => vendor)),
    technicians: named(events.map(({ technician }) => technician)),
    works: named(events.map(({ description }) => description)),
  };
}

function asksAnything({ vendor, technician, work }: WorkQuestion): boolean {
  return vendor !== undefined || technician !== undefined || work !== undefined;
}

function isSame(asked: string | undefined, found: string | undefined): boolean {
  return asked === undefined || asked.toLowerCase() === found?.toLowerCase();
}

function named(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== '').sort((a, b) => a.localeCompare(b, 'en'));
}
