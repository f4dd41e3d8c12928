import { Gauge, type Registry } from 'prom-client';
import { DISK_PARTS, type DiskUse } from '../../domain/disk/diskUse.ts';

/** What lies on the disk, and when it is full. Pace and end are there only while they are known. */
export function addDiskMetrics(registers: Registry[], { parts, free, forecast }: DiskUse): void {
  const bytes = new Gauge({ name: 'wellwatch_disk_bytes', help: 'What lies on the disk, by what it is', labelNames: ['part'] as const, registers });
  for (const part of DISK_PARTS) bytes.set({ part }, parts[part]);
  const gauge = (name: string, help: string, value: number) => new Gauge({ name, help, registers }).set(value);
  gauge('wellwatch_disk_free_bytes', 'Room on the disk of the data directory', free);
  gauge('wellwatch_disk_forecast_known', 'Whether enough days are known to tell when the disk is full', Number(forecast.state !== 'unknown'));
  if (forecast.state !== 'full') return;
  gauge('wellwatch_disk_growth_bytes_per_day', 'The pace of the last days', forecast.perDay);
  gauge('wellwatch_disk_full_timestamp_seconds', 'When the disk or limits.disk is full at that pace', Date.parse(forecast.at) / 1000);
}
