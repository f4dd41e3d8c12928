import { expect, test } from 'vitest';
import { WholePackets } from '../../../../../ingest/receivers/mqtt/broker/wholePackets.ts';
import { message, packet, text } from '../rawClient.ts';
import fc from '../../../../support/property.ts';

const LIMITS = { publishBytes: 100_000, otherBytes: 1000 };
const CONNECT = packet(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, 2, 0, 0]), text('id')]));

/** All that comes out when the bytes come in pieces, each rest before the next piece as the broker does it. */
function through(pieces: readonly Buffer[], work = 256): { readonly packets: Buffer[]; readonly refused: string | undefined } {
  const whole = new WholePackets(LIMITS);
  const packets: Buffer[] = [];
  for (const piece of pieces) {
    for (let next: Buffer | undefined = piece; next; ) {
      const split = whole.split(next, { most: work, message: 1 });
      if (split.packets) packets.push(split.packets);
      if (split.refused !== undefined) return { packets, refused: split.refused };
      next = split.rest;
    }
  }
  return { packets, refused: undefined };
}

test('packets come out whole and unchanged, however their bytes come', () => {
  const bytes = Buffer.concat([
    CONNECT,
    message(1, 'a row'),
    message(2, 'x'.repeat(90_000)),
    packet(0xc0, Buffer.alloc(0)),
    message(3, 'y'.repeat(20_000)),
  ]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60_000 }), { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (sizes, work) => {
      const pieces: Buffer[] = [];
      let from = 0;
      for (const size of sizes) pieces.push(bytes.subarray(from, (from += size)));
      pieces.push(bytes.subarray(from));
      const { packets } = through(pieces.filter(({ length }) => length > 0), work);
      expect(Buffer.concat(packets).equals(bytes)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('CONNECT comes out alone, and a turn gets no more than its share', () => {
  const { packets } = through([Buffer.concat([CONNECT, ...Array.from({ length: 10 }, (_, i) => message(i + 1, 'r'))])], 4);
  const one = message(1, 'r').length;
  expect(packets.map(({ length }) => length)).toEqual([CONNECT.length, 4 * one, 4 * one, 2 * one]);
});

test('a CONNECT, of which much is kept, does not keep the piece that it came in', () => {
  const piece = Buffer.from(new Uint8Array(Buffer.concat([CONNECT, message(1, 'x'.repeat(20_000))])).buffer); // of its own, not of Node's pool
  expect(new WholePackets(LIMITS).split(piece, { most: 256, message: 1 }).packets!.buffer).not.toBe(piece.buffer);
});

test('a half packet costs its own bytes, not those of the piece that it came in', () => {
  const whole = new WholePackets(LIMITS);
  whole.split(CONNECT, { most: 256, message: 1 });
  whole.split(Buffer.concat([...Array.from({ length: 500 }, () => message(1, 'a row')), message(2, 'x').subarray(0, 5)]), { most: 1000, message: 1 });
  expect(whole.heldBytes).toBe(5);
});

test('what a client may not send ends it, and what came before is still handed on', () => {
  expect(through([message(1, 'r')])).toEqual({ packets: [], refused: 'its first packet was no CONNECT' });
  expect(through([CONNECT, CONNECT]).refused).toBe('it sent a second CONNECT');
  expect(through([CONNECT, packet(0x82, Buffer.alloc(2000))]).refused).toBe('it announced a packet of more than 0.9765625 KiB');
  const tooLong = through([CONNECT, Buffer.concat([message(1, 'r'), Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f])])]);
  expect(tooLong).toMatchObject({ packets: [CONNECT, message(1, 'r')], refused: expect.stringContaining('it announced a packet of more ' +
    'than') as string });
  expect(through([CONNECT, Buffer.from([0x32, 0xff, 0xff, 0xff, 0xff, 1])]).refused).toContain('more than');
});
