import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EdfMechanism } from '../../../../agents/vsched/edf/edf-mechanism.js';
import type { Task } from '../../../../agents/vsched/mechanism.js';
import type { Schedule } from '../../../../agents/vsched/scheduler-backend.js';
import { describeLab } from '../../../environment.js';

const fakeCore = fileURLToPath(new URL('fake-core.mjs', import.meta.url));
const schedule: Schedule = { periodUs: 10_000, sliceUs: 3000, mode: 'strict' };

describeLab('the edf backend, with cores that only answer', ['linux'], () => {
  let folder: string;
  let mechanism: EdfMechanism;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtuoso-vsched-'));
    mechanism = new EdfMechanism({ cpus: [0, 1], reservedPpm: 100_000, folder, program: fakeCore });
  });
  afterEach(async () => {
    await mechanism.close();
    rmSync(folder, { recursive: true });
  });

  const task = (pid: number, place = 0): Task => {
    const pool = mechanism.pools[place];
    if (pool === undefined) throw new Error('there is no such pool');
    return { process: { pid, startTicks: 5, bootId: '' }, schedule, pool };
  };

  it('wishes at cores of their own, and reads their accounts', async () => {
    expect(await mechanism.enforce(task(70))).toBeUndefined();
    expect(await mechanism.enforce(task(71, 1))).toBeUndefined();
    for (const each of [task(70), task(71, 1)])
      expect(mechanism.account(each)).toEqual({ account: { deliveredUs: 21_000, periods: 7, short: 2, missed: 1 } });
    expect(mechanism.overheads()).toMatchObject([
      { cpu: 0, usedUs: 4000 },
      { cpu: 1, usedUs: 4000 },
    ]);
    expect(mechanism.ability.overheadUs).toBe(20);
  });

  it('says why the system refuses, and has the place for others', async () => {
    for (let count = 0; count < 70; count++)
      expect(await mechanism.enforce(task(666))).toMatchObject({
        kind: 'denied',
        message: expect.stringMatching(/process 666: EPERM/),
      });
    expect(await mechanism.enforce(task(70))).toBeUndefined();
  });

  it('waits for the core of an agent that has just ended', async () => {
    writeFileSync(join(folder, 'cpu0.busy'), '');
    expect(await mechanism.enforce(task(70))).toBeUndefined();
  });

  it('says why a core does not start, and starts it when it can', async () => {
    writeFileSync(join(folder, 'cpu0.broken'), '');
    const refusal = { kind: 'denied', message: expect.stringContaining('no real-time priority here') };
    expect(await mechanism.enforce(task(70))).toMatchObject(refusal);
    expect(await mechanism.enforce(task(71, 1))).toBeUndefined();
    rmSync(join(folder, 'cpu0.broken'));
    expect(await mechanism.enforce(task(70))).toBeUndefined();
  });

  it('says so when there is no program', async () => {
    const areas = join(folder, 'elsewhere');
    mkdirSync(areas);
    const without = new EdfMechanism({ cpus: [0], reservedPpm: 0, folder: areas, program: join(folder, 'none') });
    const pool = without.pools[0] ?? task(70).pool;
    expect(await without.enforce({ ...task(70), pool })).toMatchObject({
      kind: 'denied',
      message: expect.stringMatching(/ENOENT/),
    });
    await without.close();
  });

  it('starts a core that failed again, with what it had', async () => {
    await mechanism.enforce(task(70));
    expect(await mechanism.enforce(task(667))).toMatchObject({
      kind: 'denied',
      message: expect.stringMatching(/does not run/),
    });
    expect(mechanism.account(task(70)).trouble).toMatch(/the core of processor 0 does not run/);
    await expect.poll(() => mechanism.account(task(70)).trouble, { timeout: 20_000 }).toBeUndefined();
    expect(mechanism.account(task(70)).account.periods).toBe(7);
  });

  it('says which process a core that was started again cannot have any more', async () => {
    await mechanism.enforce(task(70));
    writeFileSync(join(folder, 'cpu0.denied'), '');
    await mechanism.enforce(task(667));
    await expect
      .poll(() => mechanism.account(task(70)).trouble, { timeout: 20_000 })
      .toMatch(/may not schedule process 70/);
  });

  it('gives a place up when a process is released', async () => {
    for (let pid = 100; pid < 164; pid++) expect(await mechanism.enforce(task(pid))).toBeUndefined();
    expect(await mechanism.release(task(120))).toBeUndefined();
    expect(await mechanism.enforce(task(200))).toBeUndefined();
    expect(mechanism.account(task(120)).account).toEqual({ deliveredUs: 0 });
  });

  it('ends a core that has nothing to schedule for a while, and starts it when it has', async () => {
    const isRunning = () => existsSync(join(folder, 'cpu0.runs'));
    await mechanism.enforce(task(70));
    expect(isRunning()).toBe(true);
    await mechanism.release(task(70));
    await mechanism.enforce(task(71));
    await sleep(1200);
    expect(isRunning()).toBe(true);
    await mechanism.release(task(71));
    await expect.poll(isRunning, { timeout: 20_000 }).toBe(false);
    expect(mechanism.ability.overheadUs).toBe(20);
    expect(await mechanism.enforce(task(72))).toBeUndefined();
    expect(mechanism.account(task(72))).toMatchObject({ account: { periods: 7 } });
  });
});
