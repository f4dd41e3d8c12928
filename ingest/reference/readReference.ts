import { counted } from '../../domain/counted.ts';
import { contactKey } from '../../domain/pump/contacts.ts';
import type { Contact, Maintenance, Pump, Reference } from '../../domain/pump/reference.ts';
import type { SavedReference } from '../../storage/table/savedReference.ts';
import { DAY_MS } from '../../domain/reading/wallClock.ts';
import { dateField, FieldError, mailField, nameField, numberField, phoneField, pumpField, textField } from './fields.ts';
import { type CsvRecord, isAbsent, readRecords, unusable } from './records.ts';

/** What a line of each file holds, in order. */
export const PUMP_FIELDS = 'id,type,purchased,inService,vendor,latitude,longitude';
export const MAINTENANCE_FIELDS = 'pump,date,technician,description';
export const CONTACT_FIELDS = 'name,phone,mail';

/** Bad lines that are named; a file of another kind has nothing but bad lines. */
const NAMED_LINES = 5;

/** Where the reference data lies. */
export interface ReferencePaths {
  readonly pumps: string;
  readonly maintenance: string;
  /** Where nobody has said, nobody's number is known. */
  readonly contacts?: string | undefined;
  /** Whether both files have to be there; otherwise one that is absent is an empty one. */
  readonly required: boolean;
}

/** Reads the files. Throws REFERENCE_UNUSABLE, which names the file, its first bad lines, and what was expected there. */
export async function readReference({ pumps, maintenance, contacts, required }: ReferencePaths): Promise<Reference> {
  const orEmpty = async <T>(reading: Promise<T[]>): Promise<T[]> => {
    try {
      return await reading;
    } catch (error) {
      if (!required && isAbsent(error)) return [];
      throw error;
    }
  };
  return referenceOf({
    pumps: await orEmpty(readPumps(pumps)),
    maintenance: await orEmpty(readMaintenance(maintenance)),
    contacts: contacts === undefined ? [] : await readContacts(contacts),
  });
}

/** The vendor file: one line a pump. Throws REFERENCE_UNUSABLE. */
export async function readPumps(path: string, now: () => number = Date.now): Promise<Pump[]> {
  const today = Math.floor(now() / DAY_MS);
  const lines = new Map<string, number>();
  return readAll(path, PUMP_FIELDS, ({ line, fields: [id, type, purchased, inService, vendor, latitude, longitude] }): Pump => {
    const pump = {
      id: pumpField('id', id),
      type: textField('type', type),
      purchased: dateField('purchased', purchased, today),
      inService: dateField('inService', inService, today),
      vendor: textField('vendor', vendor),
      latitude: numberField('latitude', latitude, 90),
      longitude: numberField('longitude', longitude, 180),
    };
    const earlier = lines.get(pump.id);
    if (earlier !== undefined) throw new FieldError('one line for each pump', `${pump.id} again, which stands in line ${earlier}`);
    lines.set(pump.id, line);
    return pump;
  });
}

/** The maintenance file: one line an event, in any order. Throws REFERENCE_UNUSABLE. */
export async function readMaintenance(path: string, now: () => number = Date.now): Promise<Maintenance[]> {
  const today = Math.floor(now() / DAY_MS);
  return readAll(path, MAINTENANCE_FIELDS, ({ fields: [pump, date, technician, description] }) => ({
    pump: pumpField('pump', pump),
    date: dateField('date', date, today),
    technician: textField('technician', technician),
    description: textField('description', description),
  }));
}

/** The contacts: one line a vendor or technician. Throws REFERENCE_UNUSABLE. */
export async function readContacts(path: string): Promise<Contact[]> {
  const lines = new Map<string, number>();
  return readAll(path, CONTACT_FIELDS, ({ line, fields: [name, phone, mail] }): Contact => {
    const contact = { name: nameField('name', name), phone: phoneField('phone', phone), mail: mailField('mail', mail) };
    if (contact.phone === null && contact.mail === null) throw new FieldError('a phone number, a mail address or both', 'neither');
    const earlier = lines.get(contactKey(name));
    if (earlier !== undefined) throw new FieldError('one line for each name', `${name} again, which stands in line ${earlier}`);
    lines.set(contactKey(name), line);
    return contact;
  });
}

/** Reference data by pump, from the lines of the files. */
export function referenceOf({ pumps, maintenance, contacts = [] }: SavedReference): Reference {
  const histories = new Map<string, Maintenance[]>();
  for (const event of maintenance) {
    const history = histories.get(event.pump);
    if (history) history.push(event);
    else histories.set(event.pump, [event]);
  }
  for (const history of histories.values()) history.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  return {
    pumps: new Map(pumps.map((pump) => [pump.id, pump])),
    maintenance: histories,
    contacts: new Map(contacts.map((contact) => [contactKey(contact.name), contact])),
  };
}

/** All records of a file. One bad line makes the whole file unusable: half a reference would pass for a whole one. */
async function readAll<T>(path: string, shape: string, parse: (record: CsvRecord) => T): Promise<T[]> {
  const expected = shape.split(',').length;
  const rows: T[] = [];
  const bad: string[] = [];
  let badLines = 0;
  let records = 0;
  for await (const record of readRecords(path)) {
    records += 1;
    try {
      if (record.fields.length !== expected) throw new FieldError(`${expected} fields (${shape})`, String(record.fields.length));
      rows.push(parse(record));
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      if (badLines++ < NAMED_LINES)
        bad.push(
          `line ${record.line}: ` +
            `${error.message}${records === 1 && isHeader(record) ? ' (it reads like a header line, and this file has none: remove it)' : ''}`,
        );
    }
  }
  if (badLines > bad.length) bad.push(`and ${counted(badLines - bad.length, 'line')} more`);
  if (bad.length > 0) throw unusable(path, `${bad.join('; ')}. Correct the file; it is read again when it changes`);
  return rows;
}

/** Names have no digits; every line of the other files has a date, and of contacts a number or an address. */
function isHeader({ fields }: CsvRecord): boolean {
  return !fields.some((field) => /[\d@]/.test(field));
}
