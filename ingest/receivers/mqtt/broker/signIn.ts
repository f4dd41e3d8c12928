import type { AuthenticateError, Client } from 'aedes';
import { messageOf } from '../../../../domain/errors.ts';
import { type BrokerAccess, EVERYTHING, type Grant } from './access.ts';
import type { BrokerConnections } from './connections.ts';
import type { RareLog } from '../../../../domain/rareLog.ts';

/** Return codes of CONNACK, MQTT 3.1.1, section 3.2.2.3. */
const UNAVAILABLE = 3;
const BAD_CREDENTIALS = 4;
const NOT_AUTHORIZED = 5;

const SHOWN_USER = 64;

type Answer = (error: AuthenticateError | null, success: boolean | null) => void;

export interface SignInOptions {
  /** Without it nobody is asked. */
  readonly access: BrokerAccess | undefined;
  readonly connections: BrokerConnections;
  readonly rare: RareLog;
  /** ms after which a client that is not believed is told so. */
  readonly refusalMs: number;
}

/**
 * Answers aedes who may come in. A refusal takes its time: whoever guesses has to wait, and its connection is the first
 * to go when room is needed.
 */
export class SignIn {
  readonly #options: SignInOptions;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  async answer(
    client: Client,
    given: { readonly user: string | undefined; readonly password: Buffer | undefined },
    answer: Answer,
  ): Promise<void> {
    const connection = this.#options.connections.of(client);
    if (!connection) return;
    connection.stage = 'checked';
    const found = await this.#check(given);
    if (typeof found === 'object') {
      connection.stage = 'in';
      connection.grant = found;
      // Ids are a user's own: nobody takes over the session of another.
      if (found.user !== undefined) client.id = `${found.user}/${client.id}`;
      answer(null, true);
      return;
    }
    connection.stage = 'refused';
    const user = given.user === undefined ? 'no user name' : `the user name ${JSON.stringify(given.user.slice(0, SHOWN_USER))}`;
    this.#options.rare.say('sign-in', {
      level: 'warn',
      message: `${connection.who} was not let in with ${user}${
        found === NOT_AUTHORIZED
          ? ''
          : found === UNAVAILABLE
            ? ': too many sign in at once'
            : ': there is no such user, or the password is another'
      }`,
    });
    setTimeout(() => answer(Object.assign(new Error('not let in'), { returnCode: found }), false), this.#options.refusalMs);
  }

  /** What the client may do, or the return code that refuses it. */
  async #check({ user, password }: { readonly user: string | undefined; readonly password: Buffer | undefined }): Promise<Grant | number> {
    const { access, rare } = this.#options;
    if (!access) return EVERYTHING;
    if (user === undefined) return NOT_AUTHORIZED;
    try {
      return (await access.signIn(user, password ?? Buffer.alloc(0))) ?? BAD_CREDENTIALS;
    } catch (error) {
      rare.say('sign-in failure', { level: 'debug', message: `a sign-in can't be looked at: ${messageOf(error)}` });
      return UNAVAILABLE;
    }
  }
}
