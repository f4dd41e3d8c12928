import { resolve } from 'node:path';
import { channelKeys } from './channelKeys.ts';
import { readEnvironment } from './environment.ts';
import { readConfigFile } from './file.ts';
import { configError } from './issues.ts';
import { layerOf, mergeLayers, refuseSecrets } from './layers.ts';
import { resolveConfig } from './resolve.ts';
import { runIssues } from './runIssues.ts';
import type { Config } from './types.ts';
import { validate } from './validate.ts';

/** Where the configuration comes from; each later place goes before the earlier ones. */
export interface ConfigSources {
  /** Defaults of a command that differ from the general ones, written as in the file. */
  readonly defaults?: Record<string, unknown>;
  /** Path of the YAML file. */
  readonly file?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly flags?: { readonly dataDir?: string | undefined };
  /** What relative paths count from. */
  readonly cwd?: string;
}

/**
 * Reads and checks the whole configuration. Throws CONFIG with everything that is wrong, one line each:
 * `receivers.mqtt.connections: expected a number from 1 to 64, got "many"`.
 */
export function loadConfig({ defaults = {}, file, env = process.env, flags = {}, cwd = process.cwd() }: ConfigSources = {}): Config {
  const written = layerOf(file === undefined ? {} : readConfigFile(resolve(cwd, file)));
  const secretIssues = refuseSecrets(written);
  const environment = readEnvironment(env, { cwd, more: channelKeys(written.values, env) });
  const flagged = layerOf(flags.dataDir === undefined ? {} : { dataDir: flags.dataDir });
  const user = mergeLayers([written, environment.layer, flagged]);
  const merged = mergeLayers([layerOf(defaults), user]);
  const given = { values: user.values, switches: merged.switches, cwd };
  const { config, issues } = validate(merged.values, given);
  // A secret that was refused is not missing on top of that.
  const others = issues.filter(({ path }) => !secretIssues.some((refused) => refused.path === path));
  const all = [...environment.issues, ...secretIssues, ...others];
  if (!config || all.length > 0) throw configError(file ?? 'the configuration', all);
  return frozen(resolveConfig(config, given));
}

/** What only `run` asks of the configuration, every form of it. Throws CONFIG with all that is wrong. */
export function checkForRun(config: Config): void {
  const issues = runIssues(config);
  if (issues.length > 0) throw configError('the configuration', issues);
}

function frozen<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) frozen(inner as object);
  return Object.freeze(value);
}
