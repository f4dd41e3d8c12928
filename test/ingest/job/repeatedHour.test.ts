import { describe, expect, test } from 'vitest';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { SiteClock } from '../../../domain/reading/siteClock.ts';
import { RepeatedHour } from '../../../ingest/job/repeatedHour.ts';
import { row, stepOf } from '../../support/steps.ts';

function watching(zone: string) {
  const events: LogEvent[] = [];
  const hour = new RepeatedHour(new SiteClock(zone), (event) => events.push(event));
  /** A step with a replacing row of each pump at a time. */
  const replace = (at: string, ...pumps: string[]) => {
    const { readings } = stepOf(pumps.map((pump) => row(pump, at)));
    hour.add(readings, new Uint8Array(pumps.length).fill(1));
  };
  return { hour, replace, said: () => events.map(({ message }) => message.slice(0, message.indexOf(', which'))) };
}

describe('readings that replace others in the hour that the clock shows twice', () => {
  test('are warned of as their count doubles, and at the end', () => {
    const { hour, replace, said } = watching('America/Chicago');
    for (let i = 0; i < 7; i++) replace('2025-11-02T01:10', 'A');
    expect(said().map((text) => text.split(' of ')[0])).toEqual(['1 reading', '2 readings', '4 readings']);
    hour.end();
    hour.end();
    expect(said().slice(3)).toEqual(['7 readings of A replaced others in the hour from 01:00 on 2025-11-02']);
  });

  test('are told by hour, with the first pumps named', () => {
    const { replace, said } = watching('Europe/Berlin');
    replace('2024-10-27T02:59:59', 'A', 'B', 'C', 'D', 'E');
    replace('2025-10-26T02:00', 'A');
    expect(said()).toEqual([
      '5 readings of A, B, C and 2 other pumps replaced others in the hour from 02:00 on 2024-10-27',
      '1 reading of A replaced another in the hour from 02:00 on 2025-10-26',
    ]);
  });

  test('are nobody else\'s, and none that replaced nothing', () => {
    const { hour, replace, said } = watching('America/Chicago');
    replace('2025-11-02T02:00', 'A');
    replace('2025-11-09T01:10', 'A');
    const { readings } = stepOf([row('A', '2025-11-02T01:10')]);
    hour.add(readings, undefined);
    hour.add(readings, new Uint8Array(1));
    hour.end();
    expect(said()).toEqual([]);
  });
});
