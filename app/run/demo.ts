import { cpSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../domain/errors.ts';
import type { Config } from '../config/types.ts';
import { packageRoot } from '../config/packageRoot.ts';
import { publishLines } from '../simulator/publisher.ts';
import { demoLines } from '../simulator/demo.ts';

export interface DemoSite {
  readonly config: Config;
  readonly brokerUrl: string;
  /** Ends the simulated pumps. */
  readonly signal: AbortSignal;
}

const SEED = 7;

/** The simulated pumps have no password. Throws CONFIG, which says what to do, when the broker asks for one. */
export function refuseSignIn({ receivers: { mqtt } }: Config): void {
  if (!mqtt || mqtt.broker !== 'embedded' || mqtt.users === undefined) return;
  throw new AppError(
    'CONFIG',
    'receivers.mqtt.users: expected none with run --demo, as its simulated pumps sign in nowhere. Leave it out for the demo, or take ' +
      '"wellwatch run" and publish with a user of your own',
  );
}

/** Drops the packaged sample readings into the inbox, unless an earlier demo has done so. */
export function dropSamples({ receivers: { directory } }: Config): void {
  if (!directory) return;
  const samples = join(packageRoot(), 'data', 'readings');
  mkdirSync(directory.path, { recursive: true });
  for (const name of readdirSync(samples).filter((file) => file.endsWith('.csv'))) {
    if (existsSync(join(directory.path, 'done', name))) continue;
    cpSync(join(samples, name), join(directory.path, `.${name}`));
    renameSync(join(directory.path, `.${name}`), join(directory.path, name));
  }
}

/** Simulated pumps that publish over MQTT until the signal; rejects when the broker is gone for good. */
export async function simulatePumps({ config, brokerUrl, signal }: DemoSite): Promise<void> {
  const lines = demoLines({ seed: SEED, now: () => new Date(), timezone: config.site.timezone, signal });
  const topic = config.receivers.mqtt ? (config.receivers.mqtt.topics.find(({ format }) => format === undefined)?.topic ?? '') : '';
  await publishLines({
    url: brokerUrl,
    topicOf: (pump) => topic.replace('+', pump).replace('#', pump),
    lines,
    qos: 1,
    maxInflight: 100,
    signal,
  });
}
