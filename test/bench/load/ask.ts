import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';

/** As browsers say it. */
const ENCODINGS = 'gzip, deflate, br';

/** As many as some browsers open; what is asked while all are busy waits for one, and that counts. */
const CONNECTIONS = 24;

/** Asks a server over connections that stay open; throws unless the answer is 200. */
export class Asker {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

  constructor(url: string) {
    this.#url = url;
  }

  /** Asks, and takes the answer as it comes over the wire. */
  async ask(path: string): Promise<void> {
    const request = get(this.#url + path, { agent: this.#agent, headers: { 'accept-encoding': ENCODINGS } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    if (response.statusCode !== 200) throw new Error(`${path} was answered with ${response.statusCode}`);
  }
}
