import type { NotifyConfig } from '../../config/notifyTypes.ts';
import type { Channel } from './channel.ts';
import { Email } from './email.ts';
import { MqttChannel } from './mqtt.ts';
import { Webhook } from './webhook.ts';

/** The configured channels by name; none of them connects before it has something to say. `site` tells this site's threads from others. */
export function openChannels({ channels, smtp }: NotifyConfig, site: string): Map<string, Channel> {
  return new Map(Object.entries(channels).map(([name, config]): [string, Channel] => {
    switch (config.kind) {
      case 'webhook': return [name, new Webhook(name, config, site)];
      case 'mqtt': return [name, new MqttChannel(name, config)];
      case 'email': return [name, new Email(name, config, smtp!, site)]; // the configuration refuses mail without a server
    }
  }));
}
