import type { MaintenanceEvent, Vendor } from '../../http/schemas/pumps.ts';

/** What was done to a pump and by whom, the newest first: the first is whom to call. */
export function History({ events }: { readonly events: readonly MaintenanceEvent[] }) {
  if (events.length === 0) return <p class="muted">The maintenance file lists nothing for this pump.</p>;
  return (
    <ol class="history">
      {[...events].reverse().map(({ date, technician, description }, i) => (
        <li key={i}><time>{date}</time> <span>{description}, {i === 0 ? <strong>{technician}</strong> : technician}</span></li>
      ))}
    </ol>
  );
}

/** What the vendor file says of a pump. */
export function VendorFacts({ vendor }: { readonly vendor: Vendor | null }) {
  if (!vendor) return <p class="muted">The vendor file does not list this pump.</p>;
  return (
    <dl class="facts">
      <dt>Vendor</dt><dd>{vendor.vendor}</dd>
      <dt>Type</dt><dd>{vendor.type}</dd>
      <dt>In service</dt><dd>{vendor.inService} <span class="muted">bought {vendor.purchased}</span></dd>
      <dt>Place</dt><dd>{vendor.latitude}, {vendor.longitude}</dd>
    </dl>
  );
}
