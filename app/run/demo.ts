import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../domain/errors.ts';
import { SiteClock } from '../../domain/reading/siteClock.ts';
import type { Config } from '../config/types.ts';
import { packageRoot } from '../config/packageRoot.ts';
import { publishLines } from '../simulator/publisher.ts';
import { demoLines } from '../simulator/demo.ts';
import { maintenanceUpTo, readingsUpTo } from '../simulator/shiftedSample.ts';

export interface DemoSite {
  readonly config: Config;
  readonly brokerUrl: string;
  /** Ends the simulated pumps. */
  readonly signal: AbortSignal;
}

const SEED = 9;
const DEMO_NAME = 'Demo field';
/** So long the simulated pumps wait for the sample readings, which are older, to be stored. */
const SAMPLES_MS = 20_000;
const LOOK_MS = 100;
/** What the rule of the demo tells people to do. */
const GUIDANCE = 'Check suction valve and feed line; stop the pump if it stays at 0 psi.';

/** Where the packaged reference data lies: `pumps` and so on of `reference`. */
export function sampleReference(): Record<'pumps' | 'maintenance' | 'contacts', string> {
  const dir = join(packageRoot(), 'data', 'reference');
  return { pumps: join(dir, 'sensorvendor.csv'), maintenance: join(dir, 'sensormaint.csv'), contacts: join(dir, 'contacts.csv') };
}

/** The simulated pumps have no password. Throws CONFIG, which says what to do, when the broker asks for one. */
export function refuseSignIn({ receivers: { mqtt } }: Config): void {
  if (!mqtt || mqtt.broker !== 'embedded' || mqtt.users === undefined) return;
  throw new AppError(
    'CONFIG',
    'receivers.mqtt.users: expected none with run --demo, as its simulated pumps sign in nowhere. Leave it out for the demo, or take ' +
      '"wellwatch run" and publish with a user of your own',
  );
}

/**
 * Drops the packaged sample readings into the inbox as if they had ended just now, unless an earlier demo has done so, and gives the
 * configuration with maintenance of the same days.
 */
export function dropSamples(config: Config, now: number): Config {
  const { receivers: { directory }, site: { timezone }, reference, dataDir, alarms } = config;
  const wall = new SiteClock(timezone).wallTimeAt(now);
  if (directory) {
    mkdirSync(directory.path, { recursive: true });
    for (const { name, from } of samples()) {
      if (existsSync(join(directory.path, 'done', name))) continue;
      writeFileSync(join(directory.path, `.${name}`), readingsUpTo(wall, readFileSync(from, 'latin1')), 'latin1');
      renameSync(join(directory.path, `.${name}`), join(directory.path, name));
    }
  }
  const rules = alarms.rules.map((rule) => (rule.id === 'low-psi' && rule.guidance === null ? { ...rule, guidance: GUIDANCE } : rule));
  const site = { ...config.site, name: config.site.name === hostname() ? DEMO_NAME : config.site.name };
  const ours = { ...config, site, alarms: { ...alarms, rules } };
  if (reference.maintenance !== sampleReference().maintenance) return ours;
  const maintenance = join(dataDir, 'reference', 'sensormaint.csv');
  if (!existsSync(maintenance)) {
    mkdirSync(join(dataDir, 'reference'), { recursive: true });
    writeFileSync(maintenance, maintenanceUpTo(wall, readFileSync(reference.maintenance, 'utf8')));
  }
  return { ...ours, reference: { ...reference, maintenance } };
}

/** Resolves when the sample readings are stored, or when they take too long: what comes later than older readings would count as late. */
export async function samplesStored({ receivers: { directory } }: Config, signal: AbortSignal): Promise<void> {
  if (!directory) return;
  const end = performance.now() + SAMPLES_MS;
  const isDone = () => samples().every(({ name }) => existsSync(join(directory.path, 'done', name)));
  while (!isDone() && performance.now() < end && !signal.aborted) await sleep(LOOK_MS, undefined, { ref: false });
}

function samples(): { readonly name: string; readonly from: string }[] {
  const dir = join(packageRoot(), 'data', 'readings');
  return readdirSync(dir).sort().map((file, i) => ({ name: `sample-${i + 1}.csv`, from: join(dir, file) }));
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
