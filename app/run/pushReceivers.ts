import type { Push, PushOptions } from './push.ts';

/** How each is opened; undefined when the configuration switches it off, and then it is not loaded. A new one has its line here. */
const OPENERS: readonly ((options: PushOptions) => Promise<Push | false>)[] = [
  async (options) => {
    const { mqtt } = options.config.receivers;
    return mqtt && (await import('./mqttPush.ts')).openMqtt(mqtt, options);
  },
];

/**
 * Starts the configured push receivers, one after the other; those that run are stopped when one fails. Throws
 * BROKER_UNAVAILABLE when the embedded broker's port is taken, CONFIG for TLS files that can't be read.
 */
export async function openPushReceivers(options: PushOptions): Promise<Push[]> {
  const opened: Push[] = [];
  try {
    for (const open of OPENERS) {
      const push = await open(options);
      if (push) opened.push(push);
    }
  } catch (error) {
    await Promise.all(opened.map((push) => push.stop()));
    throw error;
  }
  return opened;
}
