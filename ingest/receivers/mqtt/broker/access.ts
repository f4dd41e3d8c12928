/** What a client may do. */
export interface Grant {
  /** Whose it is; undefined when nobody is asked. */
  readonly user: string | undefined;
  mayPublish(topic: string): boolean;
  /** Whether every topic that the filter stands for may be read. */
  mayRead(filter: string): boolean;
}

/** Who may come in. */
export interface BrokerAccess {
  /** What a user may do; undefined when there is no such user or the password is another. Rejects when that can't be told now. */
  signIn(user: string, password: Buffer): Promise<Grant | undefined>;
  /** Whether what was granted still holds. */
  holds(grant: Grant): boolean;
}

/** Where nobody is asked, everybody may do everything. */
export const EVERYTHING: Grant = { user: undefined, mayPublish: () => true, mayRead: () => true };
