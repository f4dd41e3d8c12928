import { jsonLines, runCommand } from './command.ts';

/** Counts of a data directory, as `status --json` tells them. */
export interface Counts { readonly stored: number; readonly duplicate: number; readonly rejected: number }
export interface Status {
  /** Whether a job runs on the data directory. */
  readonly running: boolean;
  readonly balance: Counts & { readonly received: number; readonly pending: number };
  readonly byReceiver: Readonly<Record<'directory' | 'mqtt', Counts>>;
}

export interface Place {
  readonly dataDir: string;
  /** The settings of its store. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a table holds, as text that can be compared. */
export async function contents(place: Place): Promise<Record<'readings' | 'alerts' | 'stats' | 'rejects', unknown>> {
  const { dataDir, env = {} } = place;
  const at = ['--data-dir', dataDir];
  const rejects = await jsonLines<{ line: number; raw: string; reason: string }>(['rejects', ...at], { env });
  return {
    readings: await readingLines(place),
    alerts: await jsonLines(['alerts', ...at], { env }),
    stats: await jsonLines(['stats', ...at], { env }),
    // A message that is delivered again brings its bad lines again.
    rejects: [...new Set(rejects.map(({ raw, reason }) => `${raw} ${reason}`))].sort(),
  };
}

/** All readings of all pumps, a line of CSV each: pump, time and values. */
export async function readingLines({ dataDir, env = {} }: Place): Promise<string[]> {
  const { code, stdout, stderr } = await runCommand(['export', 'readings', '-', '--data-dir', dataDir], { env });
  if (code !== 0) throw new Error(`wellwatch export ended with ${code}: ${stderr}`);
  return stdout.split('\n').slice(1, -1);
}

export async function statusOf({ dataDir, env = {} }: Place): Promise<Status> {
  const [status] = await jsonLines<Status>(['status', '--data-dir', dataDir], { env });
  return status;
}

/** Rows that a receiver's counts account for. */
export const sum = ({ stored, duplicate, rejected }: Counts): number => stored + duplicate + rejected;
