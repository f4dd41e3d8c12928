import { expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import { refuseSignIn } from '../../../app/run/demo.ts';
import { tempDir } from '../../support/tempDir.ts';

test('a demo with users of the broker says that its pumps have no password', () => {
  const load = (env: Readonly<Record<string, string>>) => loadConfig({ cwd: tempDir(), env });
  expect(() => refuseSignIn(load({ WELLWATCH_RECEIVERS_MQTT_USERS: 'users.json' }))).toThrow(
    expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining('simulated pumps sign in nowhere') as string }) as Error,
  );
  refuseSignIn(load({}));
});
