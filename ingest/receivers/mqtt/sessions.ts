import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, systemCode } from '../../../domain/errors.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { writeAtomically } from '../../../storage/files/atomicFile.ts';
import type { TopicShare } from './topicShare.ts';

/** A persistent session that a broker keeps for us. */
export interface Session {
  /** The broker's host name: its port and scheme may change without the session being another. */
  readonly host: string;
  readonly clientId: string;
  /** What it may be subscribed to; more than one while a change is under way. */
  readonly filters: readonly string[];
  /** Which messages are taken from it, where several sessions divide them; all by default. */
  readonly share?: TopicShare;
  /** Whether it was once there for certain: then it is news when the broker has it no more. */
  readonly established: boolean;
}

/**
 * Remembers in a small file which sessions brokers keep for us, so that one that is needed no more is
 * emptied and removed instead of filling up for ever. An entry is written before the session can exist
 * and removed after it is gone: a crash between leaves an entry too many, never one too few.
 */
export class Sessions {
  readonly #path: string;
  #sessions: readonly Session[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads the file. One that can't be read is said and begun anew. */
  load(onLog: (event: LogEvent) => void): void {
    try {
      this.#sessions = parseSessions(readFileSync(this.#path, 'utf8'));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return;
      onLog({
        level: 'warn',
        message: `${this.#path} can't be read (${messageOf(error)}) and is begun anew; sessions of client ids that are used no more ` +
          'stay at the broker',
      });
    }
  }

  /** All sessions on a host. */
  on(host: string): readonly Session[] {
    return this.#sessions.filter((session) => session.host === host);
  }

  find(host: string, clientId: string): Session | undefined {
    return this.#sessions.find((session) => session.host === host && session.clientId === clientId);
  }

  /** Puts a session in the place of what was known of it. Throws when the file can't be written. */
  remember(session: Session): void {
    this.#save([...this.#without(session), session]);
  }

  /** The session is gone. Throws when the file can't be written. */
  forget(session: Session): void {
    this.#save(this.#without(session));
  }

  #without({ host, clientId }: Session): Session[] {
    return this.#sessions.filter((session) => session.host !== host || session.clientId !== clientId);
  }

  #save(sessions: readonly Session[]): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    writeAtomically(this.#path, `${JSON.stringify({ version: 1, sessions }, null, 2)}\n`);
    this.#sessions = sessions;
  }
}

function parseSessions(text: string): Session[] {
  const file: unknown = JSON.parse(text);
  if (!isRecord(file) || !Array.isArray(file.sessions) || !file.sessions.every(isSession))
    throw new Error('expected {"version":1,"sessions":[…]}');
  return file.sessions;
}

function isSession(value: unknown): value is Session {
  return isRecord(value) && typeof value.host === 'string' && typeof value.clientId === 'string' && typeof value.established === 'boolean'
    && Array.isArray(value.filters) && value.filters.every((filter) => typeof filter === 'string')
    && (value.share === undefined || isShare(value.share));
}

function isShare(value: unknown): value is TopicShare {
  return isRecord(value) && Number.isInteger(value.index) && Number.isInteger(value.of);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
