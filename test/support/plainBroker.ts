import { createServer, type Server } from 'node:net';
import { Aedes } from 'aedes';

/** A real MQTT 3.1.1 broker in the test's process, with what aedes lets one refuse. `$share/…` is an ordinary filter to it. */
export interface PlainBroker {
  readonly url: string;
  readonly aedes: Aedes;
  /** Forgets all subscriptions of connected clients and leaves them connected. */
  forgetSubscriptions(): Promise<void>;
  stop(): Promise<void>;
}

export interface PlainBrokerOptions {
  /** Topics that may be published; a client that publishes another one is disconnected. All may by default. */
  readonly mayPublish?: (topic: string) => boolean;
}

/** Starts one on a free port. */
export async function startPlainBroker({ mayPublish = () => true }: PlainBrokerOptions = {}): Promise<PlainBroker> {
  const aedes = await Aedes.createBroker({
    authorizePublish: (_client, { topic }, answer) => answer(mayPublish(topic) ? null : new Error(`nobody may publish ${topic}`)),
  });
  const server: Server = createServer((socket) => void aedes.handle(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return {
    url: `mqtt://127.0.0.1:${address.port}`,
    aedes,
    forgetSubscriptions: async () => {
      for (const client of clientsOf(aedes)) {
        const topics = Object.keys(client.subscriptions);
        await new Promise<void>((resolve, reject) =>
          client.unsubscribe({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: topics }, (error) => (error ? reject(error) : resolve())),
        );
      }
    },
    stop: async () => {
      await new Promise<void>((resolve) => aedes.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Subscribed {
  readonly subscriptions: Readonly<Record<string, unknown>>;
  unsubscribe(packet: { cmd: 'unsubscribe'; messageId: number; unsubscriptions: string[] }, done: (error?: Error | null) => void): void;
}

/** Not in aedes' types: the clients that are connected, with their subscriptions. */
function clientsOf(aedes: Aedes): Subscribed[] {
  return Object.values((aedes as unknown as { clients: Record<string, Subscribed> }).clients);
}
