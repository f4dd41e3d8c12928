import { dayNumber, formatDay, parseDay } from '../../domain/reading/wallClock.ts';
import { FIELD, type SimulatedPump } from './pumps.ts';
import { Random } from './random.ts';

interface Event {
  readonly day: number;
  readonly technician: string;
  readonly description: string;
}

/** What is done to pumps, the common things more often. */
const WORK = [
  'Inspection',
  'Inspection',
  'Inspection',
  'Tighten mounts',
  'Adjust bearing alignment',
  'Vane clearance adjust',
  'Replace bearing seal',
  'Replace shaft packing',
];

/** What was done about the pumps that lose pressure in the sample readings. */
const FAILURES: ReadonlyMap<string, Omit<Event, 'technician'>> = new Map([
  ['LAFOURCHE', { day: dayNumber(2026, 10, 7), description: 'Shutdown, bearing failure' }],
  ['MERMENTAU', { day: dayNumber(2026, 10, 7), description: 'Shutdown, main feed line failure' }],
]);

/** The vendor file of the simulated field: id, type, purchased, in service, vendor, latitude, longitude. */
export function vendorFile(): string {
  const lines = FIELD.map(({ id, type, purchased, inService, vendor, latitude, longitude }) =>
    [id, type, usDate(parseDay(purchased)!), usDate(parseDay(inService)!), vendor, latitude, longitude].join(','));
  return `${lines.join('\n')}\n`;
}

/** The maintenance file of the simulated field: pump, date, technician, description; each pump's events by date. */
export function maintenanceFile(seed: number): string {
  const lines = FIELD.flatMap((pump, i) => history(pump, new Random(seed, i + 1)).map(({ day, technician, description }) =>
    [pump.id, usDate(day), technician, /[",]/.test(description) ? `"${description}"` : description].join(',')));
  return `${lines.join('\n')}\n`;
}

/** The numbers of vendors and technicians: name, phone, mail; numbers that nobody has. */
export function contactsFile(): string {
  const names = [...new Set(FIELD.flatMap(({ vendor, technicians }) => [vendor, ...technicians]))].sort();
  return `${names.map((name, i) => `${name},+1 985 555 01${String(i + 10)},${mailName(name)}@example.org`).join('\n')}\n`;
}

function mailName(name: string): string {
  return name.toLowerCase().replace(/[^a-z]+/g, '.');
}

/** From its installation through regular rounds to its last service, and the failure if it had one. */
function history({ id, inService, technicians, lastService }: SimulatedPump, random: Random): Event[] {
  const last = parseDay(lastService.date)!;
  const installed = parseDay(inService)!;
  const events: Event[] = [{ day: installed, technician: random.pick(technicians), description: 'Install' }];
  for (let day = installed + random.between(5, 40); day < last - 30; day += random.between(110, 300)) {
    events.push({ day, technician: random.pick(technicians), description: random.pick(WORK) });
  }
  events.push({ ...lastService, day: last });
  const failure = FAILURES.get(id);
  if (failure) events.push({ ...failure, technician: random.pick(technicians) });
  return events;
}

/** `10/2/26`. */
function usDate(day: number): string {
  const [year, month, date] = formatDay(day).split('-').map(Number);
  return `${month}/${date}/${year % 100}`;
}
