/** What the vendor file says of a pump. Dates are `YYYY-MM-DD`, coordinates in degrees. */
export interface Pump {
  readonly id: string;
  readonly type: string;
  readonly purchased: string;
  readonly inService: string;
  readonly vendor: string;
  readonly latitude: number;
  readonly longitude: number;
}

/** One event of a pump's maintenance history. */
export interface Maintenance {
  readonly pump: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly technician: string;
  readonly description: string;
}

/** What is told of a pump beside its id. */
export type PumpDetails = Omit<Pump, 'id'>;

/** What is told of an event of a pump beside the pump. */
export type MaintenanceEvent = Omit<Maintenance, 'pump'>;

/** The vendor file's facts of a pump, in the order in which they are told. */
export function pumpDetails({ type, purchased, inService, vendor, latitude, longitude }: Pump): PumpDetails {
  return { type, purchased, inService, vendor, latitude, longitude };
}

/** An event as it is told of its pump. */
export function maintenanceEvent({ date, technician, description }: Maintenance): MaintenanceEvent {
  return { date, technician, description };
}

/** An event as people read it: `2014-02-05 Replace motor (A. Smith)`. */
export function eventText({ date, description, technician }: MaintenanceEvent): string {
  return `${date} ${description} (${technician})`;
}

/** How a vendor or a technician is reached; null for what the file leaves empty. */
export interface Contact {
  readonly name: string;
  readonly phone: string | null;
  readonly mail: string | null;
}

/** The reference data: who made each pump, what was done to it, and how these people are reached. */
export interface Reference {
  readonly pumps: ReadonlyMap<string, Pump>;
  /** By pump, oldest event first; events of one day in the order of the file. */
  readonly maintenance: ReadonlyMap<string, readonly Maintenance[]>;
  /** By `contactKey`. */
  readonly contacts: ReadonlyMap<string, Contact>;
}

/** A reference that knows no pump. */
export const NO_REFERENCE: Reference = { pumps: new Map(), maintenance: new Map(), contacts: new Map() };
