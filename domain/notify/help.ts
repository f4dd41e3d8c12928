import { contactText, type PumpContact } from '../pump/contacts.ts';
import { visible } from '../text.ts';
import type { AlarmNow } from './alarmNow.ts';
import type { Facts, PumpFacts } from './facts.ts';
import { length } from './times.ts';

/** `Do: Check the suction valve. Within 15 min.` */
export function doLine({ rule, priority }: AlarmNow, facts: Facts): string[] {
  const { guidance, respondWithinMs } = facts.rule(rule, priority) ?? {};
  if (guidance === undefined) return [];
  return [`Do: ${guidance}${/[.!?]$/.test(guidance) ? '' : '.'}${respondWithinMs === undefined ? '' : ` Within ${length(respondWithinMs)}.`}`];
}

/** Whom to call about a pump, and why that one: a line for each. */
export function callLines(pump: PumpFacts): string[] {
  if (!pump.known) return ['Pump: unknown to the reference file', ...pump.contacts.map((one) => `Call: ${visible(contactText(one))}`)];
  return pump.contacts.map((one, i) => `${i === 0 ? 'Call' : 'Or'}: ${visible(`${contactText(one)}, ${whyCalled(one, pump)}`)}`);
}

function whyCalled({ role, name, date }: PumpContact, { vendor, maintenance }: PumpFacts): string {
  if (role === 'vendor') return `the vendor (${vendor ? `${vendor.type}, in service since ${vendor.inService}` : 'of this pump'})`;
  const last = maintenance.findLast((event) => event.technician === name && event.date === date);
  return `who was there last (${[date, last?.description].filter((part) => part).join(' ')})`;
}
