import type { Route } from '../../domain/notify/routes.ts';

/** How a webhook's body is written. */
export const WEBHOOK_FORMATS = ['standard', 'slack', 'teams', 'pagerduty', 'cloudevents'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

export interface WebhookConfig {
  readonly kind: 'webhook';
  readonly url: string;
  readonly format: WebhookFormat;
  /** What signs it; of PagerDuty the routing key. */
  readonly secret?: string;
}

export interface EmailConfig {
  readonly kind: 'email';
  readonly to: readonly string[];
}

export interface MqttChannelConfig {
  readonly kind: 'mqtt';
  readonly topic: string;
  readonly url: string;
  readonly clientId: string;
  /** 5, or 4 for MQTT 3.1.1. */
  readonly protocol: 4 | 5;
  readonly username?: string;
  readonly password?: string;
  /** Paths of PEM files. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

export type ChannelConfig = WebhookConfig | EmailConfig | MqttChannelConfig;

/** The mail server. */
export interface SmtpConfig {
  /** `smtp://host:587` or `smtps://host`. */
  readonly url: string;
  readonly from: string;
  readonly username?: string;
  readonly password?: string;
}

/** Who is told of alarms, and how. Durations in ms. */
export interface NotifyConfig {
  readonly channels: Readonly<Record<string, ChannelConfig>>;
  readonly routes: readonly Route[];
  readonly smtp: SmtpConfig | undefined;
  readonly heartbeat: { readonly url: string; readonly everyMs: number } | undefined;
  /** Where people find the page. */
  readonly page: string | undefined;
  /** Nothing at all came for so long: an alarm of the system; null for none. */
  readonly nothingReceivedMs: number | null;
}
