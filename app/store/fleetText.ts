import { counted } from '../../domain/counted.ts';
import type { Fleet, FleetPartition } from '../../storage/table/fleet.ts';

/** A fleet as JSON has it: times are UTC. */
export function fleetAnswer({ workers, partitions }: Fleet) {
  const instant = (time: number) => new Date(time).toISOString();
  return {
    workers: workers.map(({ startedAt, at, isHeard, partitions: its, ...worker }) => ({
      ...worker, startedAt: instant(startedAt), at: instant(at), heard: isHeard,
      partitions: its.map(({ partition }) => partition), lag: its.reduce((sum, { lag }) => sum + lag, 0),
    })),
    partitions: partitions.map(({ last, ...partition }) => ({ ...partition, lastReceivedAt: last === null ? null : instant(last) })),
  };
}

/** The same as lines for people. */
export function fleetLines({ workers, partitions }: Fleet): string[] {
  const heard = workers.filter(({ isHeard }) => isHeard);
  const silent = workers.filter(({ isHeard }) => !isHeard).map(({ name }) => name);
  const free = partitions.filter(({ worker }) => !heard.some(({ name }) => name === worker));
  return [
    `Fleet: ${counted(heard.length, 'worker')}, ${counted(partitions.length, 'partition')}${lagText(partitions)}`,
    ...heard.map(({ name, partitions: its, state, lastError }) =>
      `  ${name}: ${its.length === 0 ? 'no partition' : `partitions ${its.map(({ partition }) => partition).join(', ')}`}, ${state}` +
      (lastError === null ? '' : `, last error ${lastError}`)),
    ...(silent.length === 0 ? [] : [`  silent for more than 15 s: ${silent.join(', ')}`]),
    ...(free.length === 0 ? [] : [`  taken by nobody that is heard: partitions ${free.map(({ partition }) => partition).join(', ')}`]),
  ];
}

function lagText(partitions: readonly FleetPartition[]): string {
  const lags = partitions.flatMap(({ lag }) => lag ?? []);
  if (lags.length === 0) return '';
  return `, ${lags.length < partitions.length ? 'at least ' : ''}${counted(lags.reduce((sum, lag) => sum + lag, 0), 'record')} behind`;
}
