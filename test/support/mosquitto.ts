import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './freePort.ts';

const MOSQUITTO = '/usr/sbin/mosquitto';

/** Whether mosquitto is installed. Where CI=true it has to be: a skipped test proves nothing there. */
export const hasMosquitto = existsSync(MOSQUITTO);
if (!hasMosquitto) {
  const advice = `${MOSQUITTO} is missing; install the package mosquitto`;
  if (process.env.CI === 'true') throw new Error(advice);
  console.warn(`tests with a real MQTT broker are skipped: ${advice}`);
}

export interface MosquittoOptions {
  /** Further lines of mosquitto.conf. */
  readonly config?: readonly string[];
  /** `mqtts` when the lines make the listener speak TLS. */
  readonly scheme?: 'mqtt' | 'mqtts';
}

/** A real broker in a folder of its own. Sessions survive `stop` and `restart`, not `kill`. */
export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  /** Ends it for good and removes its folder. */
  stop(): Promise<void>;
  /** SIGKILL; `restart` brings it back on the same port. */
  kill(): Promise<void>;
  /** Ends it in good order; `restart` brings it back on the same port. */
  shutDown(): Promise<void>;
  /** Ends it in good order if it runs, and starts it again on the same port. */
  restart(): Promise<void>;
}

/** Starts mosquitto on a free port of 127.0.0.1, with persistence and without a limit on queued messages. */
export async function startMosquitto({ config = [], scheme = 'mqtt' }: MosquittoOptions = {}): Promise<Mosquitto> {
  const dir = await mkdtemp(join(tmpdir(), 'mosquitto-'));
  const port = await freePort();
  const file = join(dir, 'mosquitto.conf');
  const defaults = ['allow_anonymous true', 'persistence true', 'max_queued_messages 0'].filter(
    (line) => !config.some((given) => given.startsWith(`${line.split(' ')[0]} `)),
  );
  await writeFile(file, [`listener ${port} 127.0.0.1`, 'user root', `persistence_location ${dir}/`, ...defaults, ...config, ''].join('\n'));
  let broker = await launch(file, port);
  const shutDown = () => endProcess(broker, 'SIGTERM');
  return {
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    stop: async () => {
      await shutDown();
      await rm(dir, { recursive: true, force: true });
    },
    kill: () => endProcess(broker, 'SIGKILL'),
    shutDown,
    restart: async () => {
      await shutDown();
      broker = await launch(file, port);
    },
  };
}

async function launch(file: string, port: number): Promise<ChildProcess> {
  const broker = spawn(MOSQUITTO, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  broker.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!(await answers(port))) {
    if (broker.exitCode !== null) throw new Error(`mosquitto did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return broker;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function endProcess(broker: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (broker.exitCode !== null || broker.signalCode !== null) return;
  const ended = new Promise((resolve) => broker.once('exit', resolve));
  broker.kill(signal);
  await ended;
}
