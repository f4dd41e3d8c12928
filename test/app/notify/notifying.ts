import { onTestFinished } from 'vitest';
import { ruleFactsOf } from '../../../domain/notify/ruleFacts.ts';
import { Notifier, type NotifierOptions } from '../../../app/notify/notifier.ts';
import type { NotifyConfig } from '../../../app/config/notifyTypes.ts';
import { loadConfig } from '../../../app/config/load.ts';
import { route } from '../../domain/notify/world.ts';

const A_SMITH = { role: 'technician', name: 'A. Smith', phone: '555-0100', mail: null, date: '2014-02-05' } as const;

const { alarms } = loadConfig({ env: {} });

/** A configuration with one channel that everything goes to. */
export function toOne(channel: NotifyConfig['channels'][string], given: Partial<NotifyConfig> = {}): NotifyConfig {
  return { channels: { duty: channel }, routes: [route()], smtp: undefined, heartbeat: undefined, page: undefined, nothingReceivedMs: null, ...given };
}

/** A notifier on a data directory, begun; it ends with the test. */
export async function notifying(config: NotifyConfig, dataDir: string, given: Partial<NotifierOptions> = {}): Promise<Notifier> {
  const notifier = await Notifier.open({
    config, dataDir, now: Date.now, wallAt: (instant) => instant, troubles: () => [], onLog: () => undefined,
    facts: {
      site: 'Demo field', timezone: 'UTC',
      rule: (id, priority) => {
        const rule = alarms.rules.find((one) => one.id === id);
        return rule && { ...ruleFactsOf(rule, priority), guidance: 'Check the suction valve; stop the pump at 0', respondWithinMs: 900_000 };
      },
      pump: (id) => ({ id, known: true, vendor: null, maintenance: [], contacts: [A_SMITH] }),
    },
    ...given,
  });
  onTestFinished(() => notifier.stop());
  notifier.start();
  return notifier;
}
