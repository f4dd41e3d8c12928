import type { ChannelConfig, NotifyConfig } from '../../config/notifyTypes.ts';
import type { Channel } from './channel.ts';

/**
 * The configured channels by name; none of them connects before it has something to say. `site` tells this site's threads from others.
 * Only the kinds that are configured are loaded.
 */
export async function openChannels({ channels, smtp }: NotifyConfig, site: string): Promise<Map<string, Channel>> {
  const opened = Object.entries(channels).map(async ([name, config]) => [name, await open(name, config)] as const);
  return new Map(await Promise.all(opened));

  async function open(name: string, config: ChannelConfig): Promise<Channel> {
    switch (config.kind) {
      case 'webhook': return new (await import('./webhook.ts')).Webhook(name, config, site);
      case 'mqtt': return new (await import('./mqtt.ts')).MqttChannel(name, config);
      case 'email': return new (await import('./email.ts')).Email(name, config, smtp!, site); // the configuration refuses mail without a server
    }
  }
}
