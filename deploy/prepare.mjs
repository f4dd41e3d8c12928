// What npm does last when it installs this package. `npx wellwatch` in a clone is such an installation too, into npm's own
// cache, the first time: by then all is built, and nobody who asks for a command should wait until it is built again.
import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const isBuilt = existsSync(`${root}/dist/app/cli.js`);
if (!isBuilt || process.env.npm_command !== 'exec') execSync('npm run build', { cwd: root, stdio: 'inherit' });
