import { isMapping } from './file.ts';
import { isCredential } from './headers.ts';
import type { Issue } from './issues.ts';
import { sectionPaths, variableName } from './keys.ts';
import { SECRETS, SWITCHES } from './schema.ts';

/** Settings from one place: file, environment or flags. */
export interface Layer {
  readonly values: Record<string, unknown>;
  /** Sections that are said to be on or off as a whole, by path. */
  readonly switches: Map<string, boolean>;
}

/** A layer that says nothing. */
export function emptyLayer(): Layer {
  return { values: {}, switches: new Map() };
}

/** A layer of what was written as nested mappings. `http: false` is taken out as a switch, an empty section counts as absent. */
export function layerOf(content: Record<string, unknown>): Layer {
  const layer: Layer = { values: structuredClone(content), switches: new Map() };
  for (const path of SWITCHES) {
    const value = getAt(layer.values, path.split('.'));
    if (typeof value !== 'boolean') continue;
    layer.switches.set(path, value);
    removeAt(layer.values, path.split('.'));
  }
  for (const path of sectionPaths()) if (getAt(layer.values, path.split('.')) === null) removeAt(layer.values, path.split('.'));
  return layer;
}

/** Takes secrets out of a file's layer and says where they belong. */
export function refuseSecrets(layer: Layer): Issue[] {
  const settings = SECRETS.flatMap((path) => {
    const parts = path.split('.');
    if (getAt(layer.values, parts) === undefined) return [];
    removeAt(layer.values, parts);
    const name = variableName(parts);
    return [
      { path, problem: `expected secrets in the environment, got one in the file; set ${name}, or ${name}_FILE to a file that holds it` },
    ];
  });
  return [...settings, ...refuseChannelSecrets(layer), ...refuseCredentialHeaders(layer)];
}

function refuseChannelSecrets({ values }: Layer): Issue[] {
  const channels = getAt(values, ['notify', 'channels']);
  if (!isMapping(channels)) return [];
  return Object.entries(channels).flatMap(([name, channel]) => {
    if (!isMapping(channel) || channel.secret === undefined) return [];
    delete channel.secret;
    const variable = variableName(['notify', 'channels', name.toLowerCase().replaceAll('-', '_'), 'secret']);
    return [{
      path: `notify.channels.${name}.secret`,
      problem: `expected secrets in the environment, got one in the file; set ${variable}, or ${variable}_FILE to a file that holds it`,
    }];
  });
}

function refuseCredentialHeaders({ values }: Layer): Issue[] {
  const headers = getAt(values, ['store', 'headers']);
  if (!isMapping(headers)) return [];
  const variable = variableName(['store', 'headers']);
  return Object.keys(headers).filter(isCredential).map((name) => {
    removeAt(headers, [name]);
    return {
      path: `store.headers.${name}`,
      problem:
        `expected credentials in the environment, got some in the file; set ${variable} to "{ ${name}: … }", or ${variable}_FILE ` +
        'to a file that holds that',
    };
  });
}

/** Layers laid over each other, the first at the bottom. Mappings are merged, everything else is replaced. */
export function mergeLayers(layers: readonly Layer[]): Layer {
  const merged = emptyLayer();
  for (const { values, switches } of layers) {
    mergeInto(merged.values, values);
    for (const [path, on] of switches) merged.switches.set(path, on);
  }
  return merged;
}

/** The value at a path, or undefined. */
export function getAt(values: Record<string, unknown>, path: readonly string[]): unknown {
  let value: unknown = values;
  for (const part of path) {
    if (!isMapping(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

/** Sets the value at a path, making the mappings on the way. */
export function setAt(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first, ...rest] = path;
  if (first === undefined) return;
  if (rest.length === 0) {
    values[first] = value;
    return;
  }
  const inner = values[first];
  if (isMapping(inner)) return setAt(inner, rest, value);
  const made: Record<string, unknown> = {};
  values[first] = made;
  setAt(made, rest, value);
}

/** Takes away what is at a path, if anything is. */
export function removeAt(values: Record<string, unknown>, path: readonly string[]): void {
  const owner = getAt(values, path.slice(0, -1));
  if (isMapping(owner)) delete owner[path.at(-1)!];
}

function mergeInto(target: Record<string, unknown>, over: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(over)) {
    const below = Object.hasOwn(target, name) ? target[name] : undefined;
    if (isMapping(below) && isMapping(value)) mergeInto(below, value);
    // A wrong value where a mapping belongs stays, so that it is reported and not covered up.
    else if (isMapping(value) && below !== undefined) continue;
    else define(target, name, isMapping(value) ? structuredClone(value) : value);
  }
}

/** Sets an own property whatever its name is: assigning to `__proto__` would set the prototype. */
function define(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}
