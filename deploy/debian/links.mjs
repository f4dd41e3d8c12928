// Takes links that lead nowhere out of the Markdown below a folder, and leaves their text: node links.mjs FOLDER. What the package does
// not hold, such as the sources, is named and not linked. Prints each.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const folder = process.argv[2];
for (const name of readdirSync(folder, { recursive: true })) {
  if (!name.endsWith('.md')) continue;
  const file = join(folder, name);
  const text = readFileSync(file, 'utf8');
  const mended = text.replace(/(!?)\[([^\]]*)\]\(([^()\s]+)\)/g, (link, picture, words, target) => {
    if (/^(https?:|mailto:|#)/.test(target) || existsSync(join(dirname(file), target.replace(/#.*/, '')))) return link;
    console.log(`${name}: ${target}`);
    return picture === '' ? words : '';
  });
  if (mended !== text) writeFileSync(file, mended);
}
