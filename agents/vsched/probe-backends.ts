import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess } from '../linux/process-identity.js';
import type { BackendKind, Schedule, SchedulerBackend } from './scheduler-backend.js';

/** `auto`: the one with the best guarantee that works here. */
export type BackendChoice = 'auto' | BackendKind;

/** `lacks`: why each that would have been better is not there. */
export type ChosenBackend =
  | { kind: 'chosen'; backend: SchedulerBackend; lacks: string[] }
  | { kind: 'none'; lacks: string[] };

export interface BackendProbe {
  kind: BackendKind;
  /** @throws Error with the remedy, if it is not possible here. */
  open(): SchedulerBackend | Promise<SchedulerBackend>;
}

/**
 * Finds out what schedules on this host: opens one after the other, in the order of `probes`, and tries it.
 * @param trial why a backend does not work although it opens; undefined: it works
 */
export async function chooseBackend(
  choice: BackendChoice,
  probes: readonly BackendProbe[],
  trial: (backend: SchedulerBackend) => Promise<string | undefined> = tryOnChild,
): Promise<ChosenBackend> {
  const lacks: string[] = [];
  for (const { kind, open } of probes) {
    if (choice !== 'auto' && choice !== kind) continue;
    const backend = await opened(open);
    if (backend instanceof Error) {
      lacks.push(lack(kind, backend.message));
      continue;
    }
    const trouble = await trial(backend);
    if (trouble === undefined) return { kind: 'chosen', backend, lacks };
    await backend.close();
    lacks.push(lack(kind, trouble));
  }
  return { kind: 'none', lacks };
}

/** Characters, by the schema. */
export const longestLack = 500;

const lack = (kind: BackendKind, why: string): string => `No ${kind} schedules: ${why}`.slice(0, longestLack);

async function opened(open: BackendProbe['open']): Promise<SchedulerBackend | Error> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

const trialPeriods = 3;
/** A child that computes all the time has to be stopped to use so little: its slices, and half of them again for what a slice lasts too long. */
const mostSlices = 1.5;

/** Schedules a child that computes all the time, and looks at what it got. A few tenths of a second. */
export async function tryOnChild(backend: SchedulerBackend): Promise<string | undefined> {
  const periodUs = Math.max(100_000, backend.ability.floorUs);
  const schedule: Schedule = { periodUs, sliceUs: periodUs / 10, mode: 'strict' };
  const child = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
  const exit = once(child, 'exit');
  try {
    const process = child.pid === undefined ? undefined : identifyProcess(child.pid);
    if (process === undefined) return 'no process could be started to try it on';
    const outcome = await backend.admit(process, schedule);
    if (outcome.kind !== 'granted') return outcome.message;
    const startMs = performance.now();
    await sleep((trialPeriods * periodUs) / 1000);
    const task = (await backend.tasks()).find((each) => each.process.pid === process.pid);
    const periods = ((performance.now() - startMs) * 1000) / periodUs + 1;
    const released = await backend.release(process);
    if (released.kind !== 'released') return released.message;
    return task?.trouble ?? judge(task?.account.deliveredUs ?? 0, periods * schedule.sliceUs);
  } finally {
    child.kill('SIGKILL');
    await exit;
  }
}

function judge(deliveredUs: number, mostUs: number): string | undefined {
  if (deliveredUs <= 0) return 'a process that was to have a tenth of a processor got nothing';
  if (deliveredUs <= mostSlices * mostUs) return undefined;
  const got = `${Math.round(deliveredUs / 1000)} ms of processor time instead of ${Math.round(mostUs / 1000)} ms`;
  return `a process that was to have a tenth of a processor got ${got}`;
}
