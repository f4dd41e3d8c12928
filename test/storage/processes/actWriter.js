// Appends COUNT comments to a log of acts, and says each that it was told is safe: node actWriter.js PATH NAME COUNT
import { ActLog } from '../storage/files/actLog.js';

const [path, by, count] = process.argv.slice(2);
const log = new ActLog(path);
for (let i = 0; i < Number(count); i++) {
  const author = { at: Date.now(), by, verified: false, via: 'cli', key: null };
  const [act] = await log.append(author, () => [{ kind: 'comment', pump: 'A', rule: 'low', seen: [], comment: `${i} ${'x'.repeat(i % 300)}` }]);
  process.stdout.write(`${act.number} ${i}\n`);
}
