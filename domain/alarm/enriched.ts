import type { Maintenance, Pump, Reference } from '../pump/reference.ts';
import type { Alert } from './alert.ts';

/** Something of a pump, joined with what the reference says of the pump, and its whole maintenance history. */
export type Enriched<T> = T & {
  /** Whether the vendor file lists the pump. */
  readonly known: boolean;
  readonly vendor: Pump | null;
  /** Oldest first. */
  readonly maintenance: readonly Maintenance[];
};

/** An alert joined with its pump. */
export type EnrichedAlert = Enriched<Alert>;

/** Left outer join with the reference: what is of an unknown pump comes through, flagged. */
export function enrich<T extends { readonly pump: string }>(item: T, reference: Reference): Enriched<T> {
  const vendor = reference.pumps.get(item.pump) ?? null;
  return { ...item, known: vendor !== null, vendor, maintenance: reference.maintenance.get(item.pump) ?? [] };
}
