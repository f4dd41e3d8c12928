import { expect, test } from 'vitest';
import { start } from '../embedded.ts';
import { connectRaw } from '../rawClient.ts';
import { until } from '../../../../support/waiting.ts';

const FIGHT = /two clients use the id "GATEWAY" at the embedded broker.*give each an id of its own/;

test('two clients that take the connection from each other are told, once', async () => {
  const { port, events } = await start();
  const sockets = [];
  for (let i = 0; i < 5; i++) sockets.push(await connectRaw(port, 'GATEWAY'));
  await until(() => events.some(({ message }) => FIGHT.test(message)), 'the fight is told');
  expect(events.filter(({ message }) => FIGHT.test(message)).map(({ level }) => level)).toEqual(['warn']);
  for (const socket of sockets) socket.destroy();
});

test('a client that comes back once is no fight', async () => {
  const { port, events } = await start();
  const sockets = [await connectRaw(port, 'GATEWAY'), await connectRaw(port, 'GATEWAY'), await connectRaw(port, 'OTHER')];
  await until(() => sockets[0].destroyed || sockets[0].readableEnded, 'the first is disconnected');
  expect(events.filter(({ message }) => FIGHT.test(message))).toEqual([]);
  for (const socket of sockets) socket.destroy();
});
