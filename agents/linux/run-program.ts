import { execFile } from 'node:child_process';

export type ProgramRun =
  | { kind: 'done'; output: string }
  /** `message` is what the program said, or why it could not be run. */
  | { kind: 'failed'; message: string; code?: number };

const mostBytes = 1 << 20;

/** Runs a program to its end, without a shell and without input; others of this process go on meanwhile. It is killed after `timeoutMs`. */
export function runProgram(program: string, args: readonly string[], timeoutMs: number): Promise<ProgramRun> {
  return new Promise((resolve) => {
    const options = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: mostBytes, encoding: 'utf8' } as const;
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      if (!error) return resolve({ kind: 'done', output: stdout });
      if (error.killed) return resolve({ kind: 'failed', message: `${program} did not end within ${timeoutMs} ms` });
      if (error.code === 'ENOENT') return resolve({ kind: 'failed', message: `${program} is not installed` });
      const said = stderr.trim().split('\n').at(-1);
      const code = typeof error.code === 'number' ? error.code : undefined;
      resolve({ kind: 'failed', message: said || error.message, ...(code === undefined ? {} : { code }) });
    });
    child.stdin?.end();
  });
}
