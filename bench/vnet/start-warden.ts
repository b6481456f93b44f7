import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Starts a process that takes down this benchmark's labs when this one ends in a way that runs no more of its code; returns what dismisses it. */
export function startWarden(): () => void {
  const program = fileURLToPath(new URL('./warden.ts', import.meta.url));
  const warden = spawn(process.execPath, [...process.execArgv, program, `${process.pid}`], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  warden.unref();
  return () => warden.stdin?.end();
}
