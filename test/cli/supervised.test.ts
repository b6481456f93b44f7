import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Supervised } from '../../cli/supervised.js';
import type { LabProcess } from '../../lab/process.js';

/** Processes that do nothing until they are ended, by themselves or by who started them. */
function stage(startMs = 0) {
  const running = new Map<number, () => void>();
  let started = 0;
  const start = async (): Promise<LabProcess> => {
    await sleep(startMs);
    const pid = ++started;
    const ended = new Promise<number>((resolve) => {
      running.set(pid, () => {
        running.delete(pid);
        resolve(0);
      });
    });
    const end = async () => running.get(pid)?.();
    return { pid, output: undefined, errors: undefined, ended, end };
  };
  const until = async (count: number) => {
    while (started < count || running.size === 0) await sleep(5);
  };
  return { start, running, until, started: () => started };
}

it('starts what ends unasked again, and nothing after it was ended', async () => {
  const { start, running, until, started } = stage();
  const supervised = await Supervised.start(start);
  running.get(1)?.();
  await until(2);
  expect([...running.keys()]).toEqual([2]);
  expect(supervised.restarts).toBe(1);
  await supervised.end();
  await sleep(400);
  expect([running.size, started(), supervised.restarts]).toEqual([0, 2, 1]);
});

it('ends also what is just being started again', async () => {
  const { start, running, started } = stage(200);
  const supervised = await Supervised.start(start);
  running.get(1)?.();
  await sleep(400); // it ended, is waited for 300 ms, and takes 200 ms to start
  await supervised.end();
  expect([running.size, started()]).toEqual([0, 2]);
});
