import { spawn } from 'node:child_process';

export interface ProgramCall {
  /** Found on PATH of `environment`. */
  program: string;
  arguments: readonly string[];
  /** Given to its standard input. */
  input?: string | Uint8Array;
  /** All the variables that it is given. */
  environment: Record<string, string>;
  /** It and what it started are ended after this time. */
  timeLimitMs: number;
  /** Most bytes of output that are accepted. */
  maxOutputBytes: number;
}

export type ProgramEnd =
  /** By itself; `code` is null where a signal ended it. */
  | { kind: 'ended'; code: number | null; output: Buffer; errors: string }
  /** It took too long, or said too much. */
  | { kind: 'stopped'; message: string; code: number | null }
  | { kind: 'absent'; message: string };

/** Between asking a process to end and ending it. */
const graceMs = 1000;

/** Runs a program once, in no working directory that matters, without a terminal or a shell. Never throws. */
export function runProgram(call: ProgramCall): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const child = spawn(call.program, call.arguments, {
      cwd: '/',
      env: call.environment,
      stdio: 'pipe',
      detached: true, // its own session: no terminal to ask on, and one process group to end
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let bytes = 0;
    let stopped: string | null = null;
    let grace: NodeJS.Timeout | undefined;
    const stop = (why: string) => {
      stopped ??= why;
      signalGroup(child.pid, 'SIGTERM'); // on which git removes its lock files
      grace ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs);
    };
    const { program, timeLimitMs, maxOutputBytes } = call;
    const timer = setTimeout(() => stop(`${program} gave no answer within ${timeLimitMs / 1000} s`), timeLimitMs);
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxOutputBytes) stop(`${program} answered with more than ${maxOutputBytes} bytes`);
      else output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => errors.length < 100 && errors.push(chunk));
    child.stdin.on('error', (error) => errors.push(Buffer.from(`error: ${error.message}\n`)));
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ kind: 'absent', message: error.message });
    });
    // A shared ssh connection may outlive git and hold its standard error open.
    child.on('exit', () => {
      clearTimeout(timer);
      clearTimeout(grace);
      if (stopped !== null) signalGroup(child.pid, 'SIGKILL');
      grace = setTimeout(() => child.stderr.destroy(), graceMs);
    });
    child.on('close', (code) => {
      clearTimeout(grace);
      if (stopped !== null) resolve({ kind: 'stopped', message: stopped, code });
      else
        resolve({ kind: 'ended', code, output: Buffer.concat(output), errors: Buffer.concat(errors).toString('utf8') });
    });
    child.stdin.end(call.input ?? '');
  });
}

function signalGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    return; // the group has ended by itself in the meantime
  }
}
