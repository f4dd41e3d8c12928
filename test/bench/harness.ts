import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The program as `npm run build` made it, next to this file. */
const PROGRAM = fileURLToPath(new URL('../../app/cli.js', import.meta.url));
const SAMPLE_MS = 10;

/** A script of the bench, as it was built. */
export function script(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}

/** A process that is being measured. */
export interface Running {
  /** Lines of its standard output, as they come. */
  readonly lines: AsyncIterable<string>;
  /** Processor time of all its threads so far. */
  cpuMs(): number;
  stop(): void;
  /** Ends it as a crash does; resolves when it is gone. */
  kill(): Promise<void>;
  /** When it has ended; rejects with its standard error unless the exit code is 0. */
  readonly ended: Promise<Ended>;
}

export interface Ended {
  /** From start to exit. */
  readonly wallMs: number;
  /** The most anonymous memory it was seen with (RssAnon: without pages mapped from files), in MB of 10⁶ bytes. */
  readonly peakMb: number;
  /** Processor time of all its threads, as it was last seen. */
  readonly cpuMs: number;
}

const children = new Set<ChildProcess>();

/** Ends what still runs when the bench ends early. */
export function killAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

/** Starts `node …args`; `extra` comes to a clean environment. */
export function start(args: readonly string[], extra: Readonly<Record<string, string>> = {}): Running {
  const startedAt = performance.now();
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('WELLWATCH_')));
  const child = spawn(process.execPath, args, { env: { ...env, ...extra }, stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = child.pid!;
  children.add(child);
  let peakMb = 0;
  let cpuMs = 0;
  const sampler = setInterval(() => {
    peakMb = Math.max(peakMb, anonymousMb(pid));
    cpuMs = Math.max(cpuMs, processorMs(pid));
  }, SAMPLE_MS);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { said = (said + text).slice(-4000); });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(sampler);
      children.delete(child);
      if (code === 0) resolve({ wallMs: performance.now() - startedAt, peakMb, cpuMs });
      else reject(new Error(`node ${args.map((arg) => basename(arg)).join(' ')} ended with ${code ?? signal}: ${said}`));
    });
  });
  ended.catch(() => undefined); // whoever awaits it hears of it
  return {
    lines: createInterface({ input: child.stdout }),
    cpuMs: () => processorMs(pid),
    stop: () => child.kill('SIGTERM'),
    kill: () => {
      child.kill('SIGKILL');
      return ended.then(
        () => undefined,
        () => undefined,
      );
    },
    ended,
  };
}

/** Waits for something that a running process brings about; rejects when the process ends before it. */
export function whileRunning<T>(running: Running, awaited: Promise<T>): Promise<T> {
  const early = running.ended.then(() => {
    throw new Error('a process ended before it should');
  });
  return Promise.race([awaited, early]);
}

/** Runs `node …args` to its end; what it printed is one line of JSON. */
export async function run<T>(args: readonly string[]): Promise<Ended & { readonly result: T }> {
  const running = start(args);
  let last = '';
  for await (const line of running.lines) last = line;
  const ended = await running.ended;
  return { ...ended, result: JSON.parse(last) as T };
}

/** The words of a `wellwatch` command. */
export function wellwatch(command: string, ...options: readonly string[]): string[] {
  return [PROGRAM, ...command.split(' '), '--json', ...options];
}

/** A folder for everything the bench writes. */
export class Workspace {
  readonly dir = mkdtempSync(join(tmpdir(), 'wellwatch-bench-'));
  #made = 0;

  path(name: string): string {
    return join(this.dir, name);
  }

  /** A fresh folder. */
  folder(): string {
    const dir = this.path(`${++this.#made}`);
    mkdirSync(dir);
    return dir;
  }

  /** A fresh data directory with these files in its inbox; `from` is one to begin as a copy of. */
  dataDir(files: readonly string[], from?: string): string {
    const dir = this.folder();
    if (from !== undefined) cpSync(from, dir, { recursive: true });
    mkdirSync(join(dir, 'inbox'), { recursive: true });
    for (const file of files) linkSync(file, join(dir, 'inbox', basename(file)));
    return dir;
  }

  drop(dir: string): void {
    rmSync(dir, { recursive: true, force: true });
  }

  close(): void {
    this.drop(this.dir);
  }
}

/**
 * Writes a configuration file into a folder and gives the options that use it: nothing listens that isn't asked for.
 * `more` are further settings.
 */
export function configured(dataDir: string, receivers: object, more: object = {}): string[] {
  const file = join(dataDir, 'bench.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ dataDir, receivers, http: false, summary: false, log: { level: 'warn' }, ...more }));
  return ['--config', file];
}

/** Median and range of repeated figures. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(figures: readonly number[]): Spread {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/** The figure below which a share of them lies. */
export function quantile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Rows a second. */
export function rate(rows: number, ms: number): number {
  return rows / (ms / 1000);
}

function anonymousMb(pid: number): number {
  try {
    const match = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? (Number(match[1]) * 1024) / 1e6 : 0;
  } catch {
    return 0; // it has just ended
  }
}

/** User and system time, in ticks of 10 ms: fields 14 and 15 of proc(5)'s stat, behind the name in brackets. */
function processorMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0; // it has just ended
  }
}
