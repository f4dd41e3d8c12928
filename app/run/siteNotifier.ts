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
import { Notifier, type NotifyStatus } from '../notify/notifier.ts';
import type { Trouble } from '../notify/systemAlarms.ts';
import type { Config } from '../config/types.ts';
import { AlarmFollower, type AlarmFollowerOptions } from './alarmFollower.ts';
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
  readonly notifier: Notifier;
  readonly #heartbeat: Heartbeat | undefined;
  readonly #reference: ReferenceWatcher;
  readonly #follower: AlarmFollower;

  private constructor(
    notifier: Notifier,
    { heartbeat, reference, follower }: { heartbeat: Heartbeat | undefined; reference: ReferenceWatcher; follower: AlarmFollower },
  ) {
    this.#follower = follower;
    this.notifier = notifier;
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
    const notifier: Notifier = await Notifier.open({
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
      troubles: () => [...siteTroubles({ config, status: status(), now: Date.now() }), ...disk(), ...(follower?.troubles() ?? [])],
    });
    const following = new AlarmFollower({ config, notifier, onStored, status, onLog });
    listen(following.listener);
    void recovered.then(() => {
      follower = following;
      following.start();
    });
    notifier.start();
    const heartbeat = notify.heartbeat && new Heartbeat({ ...notify.heartbeat, onLog, whyNot: () => whyNoHeartbeat(status(), notifier.status()) });
    heartbeat?.start();
    return new SiteNotifier(notifier, { heartbeat, reference, follower: following });
  }

  /** Ends what is under way; what was not sent is sent by the next run. */
  async stop(): Promise<void> {
    this.#heartbeat?.stop();
    await this.#follower.stop();
    await this.#reference.stop();
    await this.notifier.stop();
  }
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
