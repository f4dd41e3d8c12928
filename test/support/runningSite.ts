import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './freePort.ts';
import { dropFile } from './inbox.ts';
import { startProgram } from './program.ts';
import { until } from './waiting.ts';

export interface SiteOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Lines of the vendor file and of the maintenance file. */
  readonly pumps?: readonly string[];
  readonly maintenance?: readonly string[];
}

/** A `wellwatch run` for the page to look at, on a port that stays the same over its restarts. */
export class RunningSite {
  readonly url: string;
  readonly dir: string;
  readonly #env: Readonly<Record<string, string>>;
  #job: ReturnType<typeof startProgram> | undefined;
  #output = '';

  constructor(dir: string, port: number, env: Readonly<Record<string, string>>) {
    this.dir = dir;
    this.url = `http://127.0.0.1:${port}`;
    this.#env = {
      WELLWATCH_SITE_NAME: 'Demo field',
      WELLWATCH_HTTP: 'true',
      WELLWATCH_HTTP_PORT: String(port),
      WELLWATCH_RECEIVERS_MQTT: 'false',
      WELLWATCH_SUMMARY: 'false',
      ...env,
    };
  }

  /** Starts the program and waits until the page is there. When it does not come no process is left behind. */
  async start(): Promise<void> {
    const job = startProgram(['run', '--quiet'], { cwd: this.dir, env: this.#env });
    for (const stream of [job.stdout, job.stderr]) stream!.setEncoding('utf8').on('data', (text: string) => { this.#output += text; });
    this.#job = job;
    try {
      await until(async () => {
        if (job.exitCode !== null) throw new Error(`wellwatch run ended with ${job.exitCode}: ${this.#output}`);
        return (await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined))?.ok === true;
      });
    } catch (cause) {
      await this.stop('SIGKILL');
      throw cause;
    }
  }

  /** Puts a file into the inbox, whole. */
  drop(name: string, lines: readonly string[]): void {
    dropFile(join(this.dir, 'var/inbox'), name, lines);
  }

  /** Drops a file and waits until every row of it is in the table. */
  async take(name: string, lines: readonly string[]): Promise<void> {
    this.drop(name, lines);
    await until(async () => existsSync(join(this.dir, 'var/inbox/done', name)));
  }

  /** The JSON at a path below /api/v1. */
  async json<T>(path: string): Promise<T> {
    return (await (await fetch(`${this.url}/api/v1${path}`)).json()) as T;
  }

  /** Ends the program, by SIGKILL when it shall not have time to say good-bye. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const job = this.#job;
    if (!job || job.exitCode !== null || job.signalCode !== null) return;
    const ended = once(job, 'exit');
    job.kill(signal);
    await ended;
  }

  /** Ends it and removes its folder. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Starts a site in a folder of its own: in `beforeAll` or in a test; `remove()` it afterwards. */
export async function startSite({ env = {}, pumps = [], maintenance = [] }: SiteOptions = {}): Promise<RunningSite> {
  const dir = mkdtempSync(join(tmpdir(), 'wellwatch-'));
  mkdirSync(join(dir, 'reference'));
  writeFileSync(join(dir, 'reference/sensorvendor.csv'), pumps.map((line) => `${line}\n`).join(''));
  writeFileSync(join(dir, 'reference/sensormaint.csv'), maintenance.map((line) => `${line}\n`).join(''));
  const site = new RunningSite(dir, await freePort(), env);
  try {
    await site.start();
  } catch (cause) {
    await site.remove();
    throw cause;
  }
  return site;
}

/** Readings as a CSV file has them, one a minute from a wall time on. `psi` in order of time. */
export function minutes(pump: string, from: string, psi: readonly number[]): string[] {
  const start = Date.parse(`${from}Z`);
  return psi.map((value, i) => {
    const [date, time] = new Date(start + i * 60_000).toISOString().split('T');
    return `${pump},${date},${time.slice(0, 5)},10.27,1.73,881,1.56,${value},1.94`;
  });
}
