import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { raise, type Rule } from '../../domain/alert.ts';
import { ReadingsBuffer } from '../../domain/readings.ts';
import type { Reject } from '../../domain/reject.ts';
import { parseTime } from '../../domain/wallClock.ts';
import { openEmbeddedTable } from '../../storage/embedded/table.ts';
import type { Table } from '../../storage/table.ts';

const CLI = resolve(import.meta.dirname, '../../dist/app/cli.js');

/** What a process left behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command in a folder, with no variable of this environment but PATH. */
export function wellwatch(words: readonly string[], { cwd, env = {} }: { cwd: string; env?: Record<string, string> }): Promise<Ended> {
  return ended(process.execPath, [CLI, ...words], { cwd, env });
}

/** Runs a line of shell in which `wellwatch` is the built command. */
export function shell(line: string, { cwd }: { cwd: string }): Promise<Ended> {
  return ended('/bin/bash', ['-c', `wellwatch() { ${process.execPath} ${CLI} "$@"; }; ${line}`], { cwd, env: {} });
}

function ended(command: string, words: readonly string[], { cwd, env }: { cwd: string; env: Record<string, string> }): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(command, words, { cwd, env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', failed).on('close', (code) => done({ code, stdout, stderr }));
  });
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wellwatch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The default rule. */
export const LOW_PSI: Rule = { id: 'low-psi', measure: 'psi', comparison: 'below', threshold: 5, pumps: '*', priority: 'high' };

/** A row of a table: `PUMP YYYY-MM-DDTHH:mm hz disp flo sedPPM psi chlPPM`. */
export function readingsOf(rows: readonly string[]): ReadingsBuffer {
  const readings = new ReadingsBuffer(Math.max(1, rows.length));
  for (const text of rows) {
    const [pump, time, ...values] = text.split(' ');
    const row = readings.length++;
    readings.pump[row] = readings.pumps.numberOf(pump);
    readings.time[row] = parseTime(time)!;
    readings.receivedAt[row] = 1_700_000_000_000;
    values.forEach((value, i) => (readings.values[i][row] = Number(value)));
  }
  return readings;
}

/** Stores rows in the table of a data directory, with the alerts of some rules. */
export async function store(dataDir: string, rows: readonly string[], { rules = [LOW_PSI], rejects = [] }: { rules?: Rule[]; rejects?: Reject[] } = {}): Promise<void> {
  const table = await openWriter(dataDir);
  try {
    const readings = readingsOf(rows);
    await table.write({ receiver: 'directory', readings, breaches: raise(rules, readings), rejects, state: {} });
  } finally {
    await table.close();
  }
}

/** The table of a data directory, to be closed by the caller. */
export function openWriter(dataDir: string): Promise<Table> {
  return openEmbeddedTable({ dir: join(dataDir, 'table'), mode: 'writer', ttl: { data: null, alerts: null }, now: Date.now });
}
