import { z } from 'zod';
import { isMapping } from './file.ts';
import { type Key, variableName } from './keys.ts';
import { getAt } from './layers.ts';
import { yaml } from './yaml.ts';

/** What of a channel may stand in the environment: of some a URL is the secret. */
const KEYS = ['secret', 'webhook'] as const;

/** `WELLWATCH_NOTIFY_CHANNELS_NIGHT_SHIFT_SECRET` of the channel `night-shift`. */
export function channelVariable(name: string, key: (typeof KEYS)[number]): string {
  return variableName(['notify', 'channels', name.toUpperCase().replaceAll('-', '_'), key].map((part) => part.toLowerCase()));
}

/** The settings of the channels that file or environment name. */
export function channelKeys(file: Record<string, unknown>, env: Readonly<Record<string, string | undefined>>): Key[] {
  const names = [...namesIn(getAt(file, ['notify', 'channels'])), ...namesIn(fromText(env.WELLWATCH_NOTIFY_CHANNELS))];
  return names.flatMap((name) => KEYS.map((key) =>
    ({ path: ['notify', 'channels', name, key], variable: channelVariable(name, key), schema: z.string() })));
}

function namesIn(channels: unknown): string[] {
  return isMapping(channels) ? Object.keys(channels) : [];
}

function fromText(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : yaml().parse(text);
  } catch {
    return undefined; // the schema says what is wrong with it
  }
}
