import { SiteClock } from '../../domain/reading/siteClock.ts';
import { messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { PumpFacts } from '../../domain/notify/facts.ts';
import { ruleFactsOf } from '../../domain/notify/ruleFacts.ts';
import { contactsOf } from '../../domain/pump/contacts.ts';
import { maintenanceEvent, pumpDetails, type Reference } from '../../domain/pump/reference.ts';
import type { ReferenceWatcher } from '../../ingest/reference/watchReference.ts';
import { watchAsReader } from './readersReference.ts';
import { Heartbeat } from '../notify/heartbeat.ts';
import { channelTroubles, Notifier, type NotifierOptions, type NotifyStatus } from '../notify/notifier.ts';
import { channelsTogether } from '../notify/sender.ts';
import type { Trouble } from '../notify/systemAlarms.ts';
import type { DailyReport } from '../../domain/notify/report.ts';
import type { Config } from '../config/types.ts';
import { AlarmFollower, type AlarmFollowerOptions } from './alarmFollower.ts';
import type { PartitionNotifiers } from './fleet/partitionNotifiers.ts';
import type { SiteListener } from './siteListener.ts';
import { diskTroubles, siteTroubles } from './siteTroubles.ts';
import type { JobStatus } from './statusFile.ts';

export interface SiteNotifierOptions {
  readonly config: Config;
  /** How the job is just now. */
  readonly status: () => Omit<JobStatus, 'at' | 'notify'>;
  /** Resolves when the table is there. */
  readonly recovered: Promise<void>;
  /** Gets what is stored of pumps and rules that had alerts. */
  readonly onStored: AlarmFollowerOptions['onStored'];
  readonly listen: (listener: SiteListener) => () => void;
  readonly onLog: (event: LogEvent) => void;
}

/** The disk is looked at so often, ms. */
const DISK_MS = 10_000;
const MOST_EVENTS = 20;

/** Who is told of a running site's alarms: the notifier with what it has to know, and the heartbeat. */
export class SiteNotifier {
  /** Tells of what is wrong with the site itself, and unless it is a worker of several of the alarms of its pumps. */
  readonly #notifier: Notifier;
  readonly #partitions: PartitionNotifiers | undefined;
  readonly #heartbeat: Heartbeat | undefined;
  readonly #reference: ReferenceWatcher;
  readonly #follower: AlarmFollower;

  private constructor(
    notifier: Notifier,
    { partitions, heartbeat, reference, follower }: SiteNotifierParts,
  ) {
    this.#follower = follower;
    this.#notifier = notifier;
    this.#partitions = partitions;
    this.#heartbeat = heartbeat;
    this.#reference = reference;
  }

  /** Opens the outbox and begins. */
  static async start({ config, status, recovered, onStored, listen, onLog }: SiteNotifierOptions): Promise<SiteNotifier> {
    const { notify, dataDir, site: { name, timezone }, alarms } = config;
    const clock = new SiteClock(timezone);
    const reference = await watchAsReader(config);
    const rules = new Map(alarms.rules.map((rule) => [rule.id, rule]));
    const disk = lookNowAndThen(() => diskTroubles(dataDir, status().disk), onLog);
    let follower: AlarmFollower | undefined;
    const options: Omit<NotifierOptions, 'troubles'> = {
      config: notify, dataDir, onLog,
      now: Date.now,
      wallAt: (instant) => clock.wallTimeAt(instant),
      facts: {
        site: name, timezone,
        rule: (id, priority) => {
          const rule = rules.get(id);
          return rule && ruleFactsOf(rule, priority);
        },
        pump: (id) => pumpFactsOf(id, reference.current),
      },
    };
    const partitions = await openPartitions(config, options);
    const notifier: Notifier = await Notifier.open({
      ...options,
      troubles: () => [
        ...siteTroubles({ config, status: status(), now: Date.now() }), ...disk(), ...(follower?.troubles() ?? []), ...channelTroubles(partitions?.channels() ?? []),
      ],
    });
    const following = new AlarmFollower({ config, notifier: partitions ?? notifier, onStored, status, onLog });
    listen(following.listener);
    void recovered.then(() => {
      follower = following;
      following.start();
    });
    notifier.start();
    const heartbeat = notify.heartbeat && new Heartbeat({ ...notify.heartbeat, onLog, whyNot: () => whyNoHeartbeat(status(), notifier.status()) });
    heartbeat?.start();
    return new SiteNotifier(notifier, { partitions, heartbeat, reference, follower: following });
  }

  status(): NotifyStatus {
    const { channels, system } = this.#notifier.status();
    const all = [...channels, ...(this.#partitions?.channels() ?? [])];
    return { channels: channels.map(({ name }) => all.filter((one) => one.name === name).reduce(channelsTogether)), system };
  }

  /** Sends the report of a day to channels, once. */
  report(report: DailyReport, channels: readonly string[]): void {
    this.#notifier.report(report, channels);
  }

  /** Ends what is under way; what was not sent is sent by the next run. */
  async stop(): Promise<void> {
    this.#heartbeat?.stop();
    await this.#follower.stop();
    await this.#reference.stop();
    await Promise.all([this.#notifier.stop(), this.#partitions?.stop()]);
  }
}

interface SiteNotifierParts {
  readonly partitions: PartitionNotifiers | undefined;
  readonly heartbeat: Heartbeat | undefined;
  readonly reference: ReferenceWatcher;
  readonly follower: AlarmFollower;
}

/** Of a worker of several: who is told of the alarms of its partitions. */
async function openPartitions(config: Config, notifier: Omit<NotifierOptions, 'troubles'>): Promise<PartitionNotifiers | undefined> {
  const { store, receivers: { kafka } } = config;
  if (store.kind !== 'hbase' || !store.shared || !kafka) return undefined;
  const [{ PartitionNotifiers: Partitions }, { sharedOptions }] = await Promise.all([import('./fleet/partitionNotifiers.ts'), import('../store/openHBase.ts')]);
  const { group, topic } = kafka;
  return new Partitions({ notifier, store: sharedOptions({ ...config, store }, { patienceMs: Infinity }), group, topic });
}

/** Somebody else's service is to hear nothing when this site sees nothing, or can't tell. */
function whyNoHeartbeat({ recovered, state }: ReturnType<SiteNotifierOptions['status']>, { system }: NotifyStatus): string | undefined {
  if (state !== 'running' || !recovered) return 'the job is not ready';
  return system.find(({ id }) => id !== 'disk')?.text;
}

function pumpFactsOf(id: string, reference: Reference): PumpFacts {
  const vendor = reference.pumps.get(id);
  const events = reference.maintenance.get(id) ?? [];
  return {
    id,
    known: vendor !== undefined,
    vendor: vendor ? pumpDetails(vendor) : null,
    maintenance: events.slice(-MOST_EVENTS).map(maintenanceEvent),
    contacts: contactsOf(id, reference),
  };
}

function lookNowAndThen(look: () => readonly Trouble[], onLog: (event: LogEvent) => void): () => readonly Trouble[] {
  let at = -Infinity;
  let last: readonly Trouble[] = [];
  return () => {
    const now = performance.now();
    if (now - at < DISK_MS) return last;
    at = now;
    try {
      last = look();
    } catch (error) {
      onLog({ level: 'debug', message: `the disk can't be looked at: ${messageOf(error)}` });
    }
    return last;
  };
}
