/** What a terminal shows, as HTML: `\x1b[NA\x1b[0J` goes up and erases, `\x1b[…m` are colours; nothing else is written by the live view. */
export function terminalHtml(output: string, rows: number): string {
  const lines: string[] = [''];
  for (const part of output.replaceAll('\r', '').split(/(\x1b\[\d+A\x1b\[0J|\n)/)) {
    const up = /^\x1b\[(\d+)A/.exec(part);
    if (up) lines.splice(Math.max(0, lines.length - 1 - Number(up[1])), Infinity, '');
    else if (part === '\n') lines.push('');
    else lines[lines.length - 1] += part;
  }
  return `<!doctype html><meta charset="utf-8"><title>Terminal</title><style>${STYLE}</style><pre>${lines.slice(-rows).map(coloured).join('\n')}</pre>`;
}

const STYLE = 'body{margin:0;background:#14191c}pre{margin:0;padding:16px;font:13px/1.35 "DejaVu Sans Mono",monospace;color:#e2e6e8;' +
  'display:inline-block}.s1{font-weight:700}.s2{color:#8f9ba2}.s31{color:#ff8a80}.s33{color:#f2b45c}';

function coloured(line: string): string {
  const on = new Set<string>();
  return line.split(/(\x1b\[\d+m)/).map((part) => {
    const code = /^\x1b\[(\d+)m$/.exec(part)?.[1];
    if (code === undefined) return part === '' ? '' : `<span class="${[...on].map((one) => `s${one}`).join(' ')}">${escaped(part)}</span>`;
    if (code === '22') for (const one of ['1', '2']) on.delete(one);
    else if (code === '39') for (const one of ['31', '33']) on.delete(one);
    else on.add(code);
    return '';
  }).join('');
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
