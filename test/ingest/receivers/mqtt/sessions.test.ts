import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Session, Sessions } from '../../../../ingest/receivers/mqtt/sessions.ts';
import type { LogEvent } from '../../../../domain/logEvent.ts';
import { tempDir } from '../../../support/tempDir.ts';

const session: Session = { host: 'broker', clientId: 'wellwatch', filters: ['pumps/+/readings'], established: true };

function load(path: string): { sessions: Sessions; events: LogEvent[] } {
  const events: LogEvent[] = [];
  const sessions = new Sessions(path);
  sessions.load((event) => events.push(event));
  return { sessions, events };
}

describe('the sessions file', () => {
  test('keeps what was remembered, by host and client id, and nothing that was forgotten', () => {
    const path = join(tempDir(), 'data', 'mqtt-sessions.json');
    const { sessions } = load(path);
    sessions.remember(session);
    sessions.remember({ ...session, clientId: 'wellwatch-1' });
    sessions.remember({ ...session, host: 'elsewhere' });
    sessions.remember({ ...session, filters: ['new/+'] });
    sessions.forget({ ...session, clientId: 'wellwatch-1' });

    const again = load(path);
    expect(again.events).toEqual([]);
    expect(again.sessions.on('broker')).toEqual([{ ...session, filters: ['new/+'] }]);
    expect(again.sessions.find('elsewhere', 'wellwatch')).toEqual({ ...session, host: 'elsewhere' });
    expect(again.sessions.find('broker', 'wellwatch-1')).toBeUndefined();
  });

  test.each(['{"version":1,"sess', '[]', '{"version":1,"sessions":[{"host":1}]}'])('that holds %s is said and begun anew', (text) => {
    const path = join(tempDir(), 'mqtt-sessions.json');
    writeFileSync(path, text);
    const { sessions, events } = load(path);
    expect(events).toMatchObject([{ level: 'warn', message: expect.stringContaining(path) as string }]);
    sessions.remember(session);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ version: 1, sessions: [session] });
  });
});
