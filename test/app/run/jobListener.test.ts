import { expect, test } from 'vitest';
import { jobListener } from '../../../app/run/jobListener.ts';
import type { FromJob } from '../../../app/run/jobMessages.ts';
import { SharedFlag } from '../../../app/run/sharedFlag.ts';
import { raise } from '../../../domain/alarm/breach.ts';
import { NO_REFERENCE } from '../../../domain/pump/reference.ts';
import { LOW_PSI } from '../../support/rules.ts';
import { readingsOf } from '../../support/stored.ts';

test('alerts that nobody reads are counted instead of being handed over', () => {
  const messages: FromJob[] = [];
  const unread = new SharedFlag();
  const post = (message: FromJob) => messages.push(message);
  const listener = jobListener({ post, every: true, unread, runs: false, sampler: undefined, batchInterval: 2000 });
  const readings = readingsOf(['A 2014-03-14T12:00 1 1 1 1 2 1', 'A 2014-03-14T12:01 1 1 1 1 80 1', 'A 2014-03-14T12:02 1 1 1 1 3 1']);
  const news = { breaches: raise([LOW_PSI], readings), readings, reference: NO_REFERENCE };
  listener.onAlerts(news);
  new SharedFlag(unread.buffer).set(true); // as another thread does
  listener.onAlerts(news);
  unread.set(false);
  listener.onAlerts(news);
  const told = [{ kind: 'alerts', alerts: [{ pump: 'A', value: 2 }, { pump: 'A', value: 3 }] }];
  expect(messages).toMatchObject([...told, { kind: 'unread', alerts: 2 }, ...told]);
});
