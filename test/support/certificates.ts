import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** PEM files: `ca` and `stranger` are authorities; `server` and `client` are signed by `ca` for 127.0.0.1, `other` for other.example. */
export interface Certificates {
  /** The path of `server.pem`, `server.key` and so on. */
  readonly path: (file: string) => string;
  /** Its text. */
  readonly pem: (file: string) => string;
}

/** Makes certificates for the tests of a file or a group; they go with them. */
export function certificatesForTests(): Certificates {
  let dir = '';
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'wellwatch-'));
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'ignore' });
    for (const name of ['ca', 'stranger'])
      openssl(...'req -x509 -newkey rsa:2048 -nodes -days 2'.split(' '), '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.pem`);
    for (const [name, names] of [['server', 'IP:127.0.0.1'], ['client', 'IP:127.0.0.1'], ['other', 'DNS:other.example']]) {
      writeFileSync(join(dir, 'san'), `subjectAltName=${names}\n`);
      openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
      const signed = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', 'san'];
      openssl(...'x509 -req -days 2 -CA ca.pem -CAkey ca.key -CAcreateserial'.split(' '), ...signed);
    }
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const path = (file: string) => join(dir, file);
  return { path, pem: (file) => readFileSync(path(file), 'utf8') };
}
