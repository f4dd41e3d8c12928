import { spawn } from 'node:child_process';
import { type Finished, PROGRAM } from './program.ts';

/** Runs a line of shell in which `wellwatch` is the built program; ends with the exit codes of the line's last pipe. */
export function shell(line: string, { cwd }: { readonly cwd: string }): Promise<Finished> {
  return new Promise((finished, failed) => {
    const script = `wellwatch() { "${process.execPath}" "${PROGRAM}" "$@"; }; ${line}; echo "\${PIPESTATUS[@]}"`;
    const child = spawn('/bin/bash', ['-c', script], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    child.on('error', failed).on('close', (code) => finished({ code, stdout, stderr }));
  });
}
