import { z } from 'zod';
import { WEBHOOK_FORMATS } from './notifyTypes.ts';
import { hasHost, isBrokerUrl } from './brokerUrl.ts';
import {
  checkedText, durationFrom, durationOrNone, eitherNumber, listOf, mapping, oneOf, section, text, timeOfDay,
} from './fields.ts';
import { tlsSection } from './tls.ts';

const webUrl = () => checkedText('a URL such as https://example.org/hook', (value) => /^https?:\/\//.test(value) && hasHost(value));
const address = () => checkedText('a mail address such as duty@example.org', (value) => /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(value));
const channelName = () => text('the name of a channel', 32);

const channel = z.strictObject({
  email: listOf(address(), 'a list of mail addresses').min(1, { error: 'expected at least one mail address, got an empty list' }).optional(),
  webhook: webUrl().optional(),
  format: oneOf(WEBHOOK_FORMATS).optional(),
  mqtt: checkedText('a topic such as wellwatch/alarms, without + and #', (value) => /^[^\p{Cc}+#$][^\p{Cc}+#]{0,511}$/u.test(value) &&
    !/^\/|\/$/.test(value)).optional(),
  broker: checkedText('mqtt://host:1883 or mqtts://host:8883', isBrokerUrl).optional(),
  protocol: eitherNumber(5, 4).optional(),
  username: text('a user name', 1024).optional(),
  tls: tlsSection().optional(),
  secret: z.string().optional(),
}, mapping());

const step = z.strictObject({
  after: durationFrom(0, '0s').default(0),
  to: listOf(channelName(), 'a list of channels'),
}, mapping());

const route = z.strictObject({
  priority: oneOf(['low', 'medium', 'high']).optional(),
  pumps: text('a pump id in which * stands for anything', 256).default('*'),
  to: listOf(channelName(), 'a list of channels').optional(),
  steps: listOf(step, 'a list of steps such as { after: 10m, to: [office] }').optional(),
  repeat: durationFrom(60_000, '1m').optional(),
  group: durationFrom(0, '0s').default(0),
  hours: z.strictObject({ from: timeOfDay(), to: timeOfDay() }, mapping()).optional(),
}, mapping());

/** `notify`: who is told of alarms, and how. */
export const notifySection = section({
  channels: z.record(
    z.string().regex(/^[A-Za-z\d][\w-]{0,31}$/, { error: 'expected a name of letters, digits, dash and underscore' }), channel, mapping(),
  ).default({}),
  routes: listOf(route, 'a list of routes').default([]),
  smtp: section({
    url: checkedText('smtp://host:587 or smtps://host', (value) => /^smtps?:\/\/[^/?#]+\/?$/.test(value) && hasHost(value)).optional(),
    from: address().optional(),
    username: text('a user name', 1024).optional(),
    password: z.string().optional(),
  }),
  heartbeat: section({ url: webUrl().optional(), every: durationFrom(1000, '1s').default(60_000) }),
  page: webUrl().optional(),
  nothingReceived: durationOrNone().default(86_400_000),
});

/** The section as it is written. */
export type WrittenNotify = z.output<typeof notifySection>;
export type WrittenChannel = z.output<typeof channel>;
export type WrittenRoute = z.output<typeof route>;

