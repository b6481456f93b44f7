import { setTimeout as sleep } from 'node:timers/promises';
import type { MachineControl } from './machine-control.js';

export interface EndingMachine {
  control: MachineControl;
  /** From the first request until asking is over. */
  shutdownMs: number;
  /** Whether its process runs, and somebody still waits for its end. */
  isAwaited(): boolean;
  /** Is told again and again how long ago it was asked. */
  onDelay(seconds: number): void;
}

/** While it boots, a machine does not hear that it shall shut down. */
const remindMs = 3000;
const quitMs = 2000;
const pollMs = 20;

/** Asks the guest to shut down, then QEMU to end; returns when it has, or when asking is of no more use. */
export async function askToEnd({ control, shutdownMs, isAwaited, onDelay }: EndingMachine): Promise<void> {
  const beganMs = performance.now();
  const passedMs = () => performance.now() - beganMs;
  for (let askedMs = Number.NEGATIVE_INFINITY; isAwaited() && passedMs() < shutdownMs; await sleep(pollMs)) {
    if (passedMs() - askedMs < remindMs) continue;
    askedMs = passedMs();
    const answer = await control.command('system_powerdown');
    if (answer.kind === 'silent') return;
    if (askedMs >= remindMs) onDelay(Math.round(askedMs / 1000));
  }
  if (!isAwaited()) return;
  await control.command('quit');
  for (const endMs = passedMs() + quitMs; isAwaited() && passedMs() < endMs; ) await sleep(pollMs);
}
