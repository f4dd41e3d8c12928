import { expect, test } from 'vitest';
import { LiveView } from '../../../../app/cli/live/liveView.ts';
import { parseTime } from '../../../../domain/reading/wallClock.ts';
import type { Alert } from '../../../../domain/alarm/alert.ts';
import type { Enriched } from '../../../../domain/alarm/enriched.ts';
import type { AlertRun } from '../../../../domain/alarm/alertRun.ts';
import type { WindowReport } from '../../../../ingest/pumpState/windowReport.ts';
import { LOW_PSI } from '../../../support/rules.ts';

const at = (clock: string) => parseTime(`2014-03-14T${clock}`)!;

/** Alerts that belong together, as they are now. */
function run(pump: string, from: string, to: string, count: number, worst: number): Enriched<AlertRun> {
  return {
    pump,
    rule: 'low-psi',
    measure: 'psi',
    comparison: 'below',
    threshold: 5,
    from: at(from),
    to: at(to),
    count,
    worst,
    lastValue: worst,
    receivedAt: 0,
    known: true,
    vendor: {
      id: pump,
      type: 'HYDROPUMP',
      purchased: '2008-05-25',
      inService: '2009-09-26',
      vendor: 'GENPUMP',
      latitude: 1,
      longitude: 2,
    },
    maintenance: [
      { pump, date: '2009-09-26', technician: 'W.Stevens', description: 'Install' },
      { pump, date: '2014-03-01', technician: 'J.Thomas', description: 'Inspection' },
    ],
  };
}

function alertAt(pump: string, time: string): Alert {
  return { pump, time: at(time), rule: 'low-psi', measure: 'psi', value: 0, comparison: 'below', threshold: 5, receivedAt: 0 };
}

/** A terminal of which only what is on the screen counts: cursor up and erase are carried out. */
function screen(isTTY: boolean) {
  const lines: string[] = [''];
  return {
    isTTY, columns: 200, rows: 24, lines,
    write(text: string) {
      for (const part of text.split(/(\x1b\[\d+A\x1b\[0J|\n)/)) {
        const up = /^\x1b\[(\d+)A/.exec(part);
        if (Number(up?.[1]) > 23) throw new Error('the cursor goes beyond the top of the screen');
        if (up) lines.splice(lines.length - 1 - Number(up[1]), Infinity, '');
        else if (part === '\n') lines.push('');
        else lines[lines.length - 1] += part.replace(/\x1b\[\d+m/g, '');
      }
      return true;
    },
  };
}

test('an alarm is one line that counts, with vendor and last maintenance', () => {
  const out = screen(true);
  const view = new LiveView({ out, now: () => 0, rules: [LOW_PSI] });
  view.show([run('LAGNAPPE', '12:00', '12:00', 1, 0)]);
  expect(out.lines[0]).toBe(
    '▲ HIGH  LAGNAPPE  low-psi: psi 0 < 5  at 2014-03-14T12:00:00  ·  HYDROPUMP by GENPUMP  ·  last: 2014-03-01 Inspection (J.Thomas)',
  );
  view.show([run('LAGNAPPE', '12:00', '13:30', 1201, 0), run('CHER', '12:00', '12:00', 1, 3)]);
  expect(out.lines.length).toBe(3);
  expect(out.lines[0]).toContain('2014-03-14T12:00:00 – 13:30:00 ×1,201');
  expect(out.lines[1]).toContain('CHER');
});

test('the address stays the last line, and the view fits the screen with it', () => {
  const out = { ...screen(true), rows: 6 };
  const view = new LiveView({ out, now: () => 0, rules: [LOW_PSI] });
  view.say('hello');
  view.keepLast('the page is at http://127.0.0.1:8090/');
  view.show([1, 2, 3, 4, 5, 6, 7].map((i) => run(`P${i}`, '12:00', '12:00', 1, 0)));
  view.say('a line of the log');
  expect(out.lines.slice(0, 2)).toEqual(['hello', 'a line of the log']);
  expect(out.lines.at(-2)).toBe('the page is at http://127.0.0.1:8090/');
  expect(out.lines.slice(2, -1).length).toBeLessThanOrEqual(5);
});

test('two alarms of one pump and rule are two lines, however close they are', () => {
  const out = screen(true);
  const view = new LiveView({ out, now: () => 0, rules: [LOW_PSI] });
  view.show([run('CHER', '12:00', '12:05', 5, 0)]);
  view.show([run('CHER', '12:07', '12:07', 1, 4)]);
  expect(out.lines.filter((line) => line.includes('CHER'))).toEqual([
    expect.stringContaining('12:00:00 – 12:05:00 ×5'),
    expect.stringContaining('psi 4 < 5  at 2014-03-14T12:07:00'),
  ]);
});

test('what turns out to be a part of another, or to be two, takes the place of what was told', () => {
  const out = screen(true);
  const view = new LiveView({ out, now: () => 0, rules: [LOW_PSI] });
  view.show([run('CHER', '12:05', '12:06', 2, 0)]);
  view.show([run('CHER', '12:00', '12:06', 7, 0)]);
  expect(out.lines.filter((line) => line.includes('CHER'))).toEqual([expect.stringContaining('12:00:00 – 12:06:00 ×7')]);
  view.show([run('CHER', '12:00', '12:02', 3, 0), run('CHER', '12:04', '12:06', 3, 0)]);
  expect(out.lines.filter((line) => line.includes('CHER'))).toEqual([expect.stringContaining('12:02:00 ×3'), expect.stringContaining('12:06:00 ×3')]);
});

test('a run over midnight says on which day it ended', () => {
  const out = screen(true);
  const overMidnight = { ...run('LAGNAPPE', '12:00', '12:00', 900, 0), to: at('12:00') + 86_400_000 };
  new LiveView({ out, now: () => 0, rules: [LOW_PSI] }).show([overMidnight]);
  expect(out.lines[0]).toContain('2014-03-14T12:00:00 – 2014-03-15T12:00:00 ×900');
});

test('a run that was quiet for a while stays as history, and the next alert begins a new line', () => {
  let now = 0;
  const out = screen(true);
  const view = new LiveView({ out, now: () => now, rules: [LOW_PSI] });
  view.show([run('CHER', '12:00', '12:05', 5, 0)]);
  now = 60_000;
  view.show([run('CHER', '15:00', '15:00', 1, 4)]);
  expect(out.lines.filter((line) => line.includes('CHER')).length).toBe(2);
});

test('where lines can’t be taken back, a run that goes on is told now and then, not each time', () => {
  let now = 0;
  const out = screen(false);
  const view = new LiveView({ out, now: () => now, rules: [LOW_PSI] });
  for (let i = 1; i <= 100; i++) view.show([run('CHER', '12:00', '12:00', i, 0)]);
  expect(out.lines.filter(Boolean).length).toBe(1);
  now = 11_000;
  view.show([run('CHER', '12:00', '12:00', 101, 0)]);
  expect(out.lines.filter(Boolean).length).toBe(2);
  expect(out.lines[1]).toContain('×101');
});

test('a pump id can’t steer the terminal, and an unknown pump says so', () => {
  const out = screen(true);
  const view = new LiveView({ out, now: () => 0, rules: [LOW_PSI] });
  const evil = run('A\x1b[2J\u202e', '12:00', '12:00', 1, 0);
  view.show([{ ...evil, known: false, vendor: null, maintenance: [] }]);
  expect(out.lines[0]).toContain('A�[2J�');
  expect(out.lines[0]).toContain('unknown pump');
});

test('a withdrawn alert leaves its occurrence, and the last one takes the line with it', () => {
  const out = screen(true);
  const view = new LiveView({ out, now: () => 0, rules: [LOW_PSI] });
  view.show([run('CHER', '12:00', '12:01', 2, 0)]);
  view.withdraw([alertAt('CHER', '12:00')]);
  expect(out.lines.filter((line) => line.includes('▲')).length).toBe(1);
  view.withdraw([alertAt('CHER', '12:01')]);
  expect(out.lines.filter((line) => line.includes('▲'))).toEqual([]);
  expect(out.lines.filter((line) => line.includes('withdrawn')).length).toBe(2);
});

test('wide characters don’t make a line wrap', () => {
  const out = { ...screen(true), columns: 60 };
  const view = new LiveView({ out, now: () => 0, rules: [LOW_PSI] });
  view.show([run('泵'.repeat(24), '12:00', '12:00', 1, 0)]);
  expect(out.lines[0]).toMatch(/^▲ HIGH {2}泵{24}…?/u);
  expect(out.lines[1]).toMatch(/^ +HYDROPUMP by GENPUMP .*…$/u);
  view.show([run('泵'.repeat(24), '12:00', '12:01', 2, 0)]);
  expect(out.lines.filter(Boolean).length).toBe(2);
});

function windowOf(pumps: number, psi: number): WindowReport {
  const rows = Array.from({ length: pumps }, (_, i) => ({
    pump: `PUMP${i}`,
    day: 16143,
    count: 1,
    min: psi,
    max: psi,
    mean: psi,
    alerts: 0,
    total: { rows: 1, alerts: 0, late: 0, last: { time: at('12:00'), psi } },
  }));
  return { time: 6000, lengthMs: 6000, slideMs: 2000, pumpDays: pumps, rows };
}

test('the window by pump stands below the runs, is drawn again in its place, and goes when nothing comes', () => {
  const out = screen(true);
  const view = new LiveView({ out, now: () => 0, rules: [LOW_PSI] });
  view.showWindow(windowOf(2, 80));
  view.show([run('CHER', '12:00', '12:00', 1, 3)]);
  view.showWindow(windowOf(2, 81));
  view.say('a word');
  expect(out.lines.map((line) => line.split(/ {2,}/)[1] ?? line)).toEqual([
    'a word',
    'CHER',
    'Date',
    '2014-03-14',
    '2014-03-14',
    'pumps and dates of the 6s to 00:00:06',
    '',
  ]);
  expect(out.lines[3]).toContain(' 81 ');
  view.showWindow(windowOf(0, 0));
  expect(out.lines.length).toBe(3);
});

test('what is drawn is never higher than the screen, and both runs and window are seen', () => {
  const out = screen(true);
  const view = new LiveView({ out, now: () => 0, rules: [LOW_PSI] });
  view.show(Array.from({ length: 100 }, (_, i) => run(`CHER${i}`, '12:00', '12:00', 1, 3)));
  expect(out.lines.length).toBe(24);
  expect(out.lines[0]).toBe('… 78 more');
  view.showWindow(windowOf(100, 80));
  view.showWindow(windowOf(100, 81));
  expect(out.lines.length).toBe(24);
  expect(out.lines[0]).toBe('… 87 more');
  expect(out.lines.filter((line) => line.includes('CHER')).length).toBe(13);
  expect(out.lines[22]).toMatch(/^the worst 7 of 100 /);
});

test('a pipe gets no window', () => {
  const out = screen(false);
  new LiveView({ out, now: () => 0, rules: [LOW_PSI] }).showWindow(windowOf(2, 80));
  expect(out.lines).toEqual(['']);
});

test('while nobody reads nothing is written, and afterwards the view says how many lines were left out and draws anew', () => {
  const out = screen(true);
  let reads = true;
  const view = new LiveView({ out: { ...out, write: (text) => reads && out.write(text) }, now: () => 0, rules: [LOW_PSI] });
  view.show([run('CHER', '12:00', '12:00', 1, 0)]);
  reads = false;
  view.say('first\nsecond');
  view.show([run('CHER', '12:00', '12:05', 6, 0)]);
  expect(out.lines.length).toBe(2);
  reads = true;
  view.goOn();
  expect(out.lines[0]).toContain('2 lines left out, as nobody was reading');
  expect(out.lines.slice(1)).toEqual([expect.stringContaining('×6'), '']);
});
