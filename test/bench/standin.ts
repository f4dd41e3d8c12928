export function* generateCsv({ rows, pumps, start }: { rows: number; seed: number; pumps: number; start: number }): Iterable<Buffer> {
  let out: string[] = [];
  let seed = 1;
  const rnd = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  for (let i = 0; i < rows; i++) {
    const t = new Date(start + Math.floor(i / pumps) * 90000);
    const min = t.getUTCMinutes();
    const psi = i % pumps === 3 && Math.floor(i / 9580) % 20 === 19 ? 0 : 75 + (rnd() * 25 | 0);
    const sec = t.getUTCSeconds();
    out.push(`PUMP${i % pumps},${t.getUTCMonth() + 1}/${t.getUTCDate()}/${t.getUTCFullYear() % 100},${t.getUTCHours()}:${String(min).padStart(2, '0')}${sec ? `:${sec}` : ''},${(9.5 + rnd()).toFixed(2)},${(1.7 + (i % 8000) / 8000).toFixed(3)},${880 + ((i / 300 | 0) % 700)},${(rnd() * 2).toFixed(2)},${psi},${(0.4 + rnd() * 1.6).toFixed(2)}`);
    if (out.length === 1000) {
      yield Buffer.from(out.join('\n') + '\n');
      out = [];
    }
  }
  if (out.length) yield Buffer.from(out.join('\n') + '\n');
}
