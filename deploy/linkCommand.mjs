// Lets `npx wellwatch` in a clone start at once: without a link npx would install the clone into itself first.
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const links = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url));
if (process.platform !== 'win32') {
  chmodSync(fileURLToPath(new URL('../dist/app/cli.js', import.meta.url)), 0o755);
  mkdirSync(links, { recursive: true });
  rmSync(`${links}wellwatch`, { force: true });
  symlinkSync('../../dist/app/cli.js', `${links}wellwatch`);
}
