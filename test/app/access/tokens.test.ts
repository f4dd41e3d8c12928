import { runCommand } from '../../support/command.ts';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addToken, readTokens } from '../../../app/access/tokens.ts';
import { tempDir } from '../../support/tempDir.ts';

const now = new Date('2014-03-14T12:00:00Z');

test('a token is 32 random bytes, and the file keeps only its hash', () => {
  const path = join(tempDir(), 'new', 'tokens.json');
  const token = addToken(path, { name: 'dashboard', role: 'read', now });
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    tokens: [
      { name: 'dashboard', role: 'read', hash: createHash('sha256').update(token).digest('hex'), createdAt: '2014-03-14T12:00:00.000Z' },
    ],
  });
});

test('the file is for its owner only, and nothing is left beside it', () => {
  const folder = tempDir();
  addToken(join(folder, 'tokens.json'), { name: 'a', role: 'operate', now });
  expect(statSync(join(folder, 'tokens.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['tokens.json']);
});

test('a second token joins the first, each with a secret of its own', () => {
  const path = join(tempDir(), 'tokens.json');
  const tokens = ['a', 'b'].map((name) => addToken(path, { name, role: 'read', now }));
  expect(new Set(tokens).size).toBe(2);
  expect(readTokens(path).map(({ name }) => name)).toEqual(['a', 'b']);
});

test('a name that is taken is refused, and the file stays as it was', () => {
  const path = join(tempDir(), 'tokens.json');
  addToken(path, { name: 'a', role: 'read', now });
  const before = readFileSync(path, 'utf8');
  expect(() => addToken(path, { name: 'a', role: 'operate', now })).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('without a file there are no tokens', () => {
  expect(readTokens(join(tempDir(), 'tokens.json'))).toEqual([]);
});

test.each(['', '{}', '[]', '{"tokens":[{"name":"a","role":"root","hash":"x","createdAt":""}]}'])(
  'a file that holds something else is never overwritten: %j',
  (content) => {
    const path = join(tempDir(), 'tokens.json');
    writeFileSync(path, content);
    expect(() => addToken(path, { name: 'b', role: 'read', now })).toThrow(
      /http\.tokens: expected .* to be written by "wellwatch token add"/,
    );
    expect(readFileSync(path, 'utf8')).toBe(content);
  },
);

test('made at the same moment, none is lost', async () => {
  const cwd = tempDir();
  const names = ['a', 'b', 'c', 'd'];
  const finished = await Promise.all(names.map((name) => runCommand(['token', 'add', name, '--role', 'read'], { cwd })));
  expect(finished.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(readTokens(join(cwd, 'var/tokens.json')).map(({ name }) => name).sort()).toEqual(names);
});

test('while somebody else is at it, nothing is written, and the way out is told', () => {
  const folder = tempDir();
  writeFileSync(join(folder, 'tokens.json.lock'), '');
  expect(() => addToken(join(folder, 'tokens.json'), { name: 'a', role: 'read', now })).toThrow(
    /tokens\.json\.lock is there\. Remove it if no other "wellwatch token add" is running/,
  );
  expect(readdirSync(folder)).toEqual(['tokens.json.lock']);
});
