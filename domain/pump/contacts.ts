import type { Contact, Reference } from './reference.ts';

/** Whom to call about a pump, and why that one. */
export interface PumpContact extends Contact {
  readonly role: 'technician' | 'vendor';
  /** When the technician was last there, `YYYY-MM-DD`; null of a vendor. */
  readonly date: string | null;
}

/** Names are written by hand in three files: `J. Thomas` and `J.THOMAS` are one. */
export function contactKey(name: string): string {
  return name.normalize('NFC').toLowerCase().replace(/\s+/g, '');
}

/** Whom to call about a pump: who was there last, then who made it. Their numbers are null where the contacts don't have them. */
export function contactsOf(pump: string, { pumps, maintenance, contacts }: Reference): PumpContact[] {
  const last = maintenance.get(pump)?.findLast(({ technician }) => technician !== '');
  const vendor = pumps.get(pump)?.vendor;
  const found = (name: string) => contacts.get(contactKey(name)) ?? { phone: null, mail: null };
  return [
    ...(last ? [{ ...found(last.technician), role: 'technician' as const, name: last.technician, date: last.date }] : []),
    ...(vendor ? [{ ...found(vendor), role: 'vendor' as const, name: vendor, date: null }] : []),
  ];
}

/** `J.Thomas 555-0101`; the mail address where there is no number, and the name alone where nothing is known. */
export function contactText({ name, phone, mail }: Contact): string {
  return [name, phone ?? mail].filter((part) => part !== null).join(' ');
}
