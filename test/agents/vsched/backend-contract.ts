import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessIdentity } from '../../../agents/linux/process-identity.js';
import type { Refusal, Schedule, SchedulerBackend } from '../../../agents/vsched/scheduler-backend.js';

/** A host with a backend of one processor, of which a tenth is kept, and processes that compute all the time. */
export interface BackendWorld {
  readonly backend: SchedulerBackend;
  start(threads?: number): Promise<ProcessIdentity>;
  /** Ends a process. */
  end(process: ProcessIdentity): Promise<void>;
  elapse(ms: number): Promise<void>;
  usedUs(process: ProcessIdentity): number;
  /** Whether it runs as it did when it was started. */
  isOrdinary(process: ProcessIdentity): boolean;
  /** The agent is killed, and another one comes. Left out: nothing is left behind by the first. */
  reopen?: (() => Promise<void>) | undefined;
  close(): Promise<void>;
}

/** What a process may get at least and at most of its slices; a virtual machine may itself be given less than the time that passes. */
const tolerated = { 'each-period': [0.85, 1.05], 'on-average': [0.75, 1.15], 'at-most': [0.01, 1.15] } as const;

/** What every backend does. */
export function backendContract(name: string, open: () => Promise<BackendWorld>): void {
  describe(name, () => {
    let world: BackendWorld;
    let backend: SchedulerBackend;
    beforeEach(async () => {
      world = await open();
      backend = world.backend;
    });
    afterEach(() => world.close());

    const schedule = (sliceMs: number, periodMs = 100): Schedule => ({
      ...{ periodUs: periodMs * 1000, sliceUs: sliceMs * 1000 },
      mode: 'strict',
    });
    const refused = async (outcome: Promise<{ kind: string }>): Promise<Refusal> => {
      const refusal = await outcome;
      expect(refusal).toHaveProperty('message');
      return refusal as Refusal;
    };
    /** What a process gets in a while, and what it should at least and at most: the while begins and ends within a period. */
    const given = async (process: ProcessIdentity, sliceMs: number, ms: number) => {
      const startMs = performance.now();
      const before = world.usedUs(process);
      await world.elapse(ms);
      const usedMs = (world.usedUs(process) - before) / 1000;
      const periods = Math.max(ms, performance.now() - startMs) / 100;
      const [least, most] = tolerated[backend.ability.guarantee];
      return { usedMs, leastMs: least * sliceMs * (periods - 1), mostMs: most * sliceMs * (periods + 1) };
    };
    const admitted = async (sliceMs: number): Promise<ProcessIdentity> => {
      const process = await world.start();
      expect(await backend.admit(process, schedule(sliceMs))).toMatchObject({ kind: 'granted' });
      return process;
    };

    it('gives a process its slices, as far as it guarantees that, and keeps account', async () => {
      const process = await admitted(30);
      const { usedMs, leastMs, mostMs } = await given(process, 30, 800);
      expect(usedMs).toBeGreaterThan(leastMs);
      expect(usedMs).toBeLessThan(mostMs);
      const [task] = await backend.tasks();
      expect(task).toMatchObject({ process, schedule: schedule(30) });
      expect(task?.trouble).toBeUndefined();
      expect(task?.account.deliveredUs).toBeGreaterThan(0);
      if (task?.account.periods !== undefined) expect(task.account.periods).toBeGreaterThan(4);
      for (const { usedUs, elapsedUs } of await backend.overheads()) expect(usedUs).toBeLessThan(elapsedUs / 5);
    });

    it('changes a schedule while it is in force', async () => {
      const process = await admitted(60);
      expect(await backend.set(process, schedule(20))).toMatchObject({ kind: 'granted' });
      await world.elapse(100);
      const { usedMs, mostMs } = await given(process, 20, 500);
      expect(usedMs).toBeLessThan(mostMs);
      expect((await backend.tasks())[0]?.schedule).toEqual(schedule(20));
    });

    it('pauses a process and resumes it, or refuses to', async () => {
      const process = await admitted(30);
      const paused = { ...schedule(30), isPaused: true };
      if (!backend.ability.pauses) {
        expect(await refused(backend.set(process, paused))).toMatchObject({ kind: 'unsupported' });
        return;
      }
      expect(await backend.set(process, paused)).toMatchObject({ kind: 'granted' });
      await world.elapse(100);
      expect((await given(process, 30, 200)).usedMs).toBeLessThan(1);
      expect(await backend.set(process, schedule(30))).toMatchObject({ kind: 'granted' });
      const { usedMs, leastMs } = await given(process, 30, 400);
      expect(usedMs).toBeGreaterThan(leastMs);
    });

    it('makes a process an ordinary one again', async () => {
      const process = await admitted(30);
      expect(await backend.release(process)).toEqual({ kind: 'released' });
      expect(world.isOrdinary(process)).toBe(true);
      expect(await backend.tasks()).toEqual([]);
      expect(await refused(backend.release(process))).toMatchObject({ kind: 'not-scheduled' });
    });

    it('says by how much a schedule does not fit, and which would', async () => {
      await admitted(50);
      const process = await world.start();
      const refusal = await refused(backend.admit(process, schedule(45)));
      expect(refusal).toMatchObject({ kind: 'overfull', excessPpm: 50_000, nearest: schedule(40) });
      expect(world.isOrdinary(process)).toBe(true);
      expect(await backend.admit(process, schedule(40))).toMatchObject({ kind: 'granted' });
      expect(await refused(backend.set(process, schedule(41)))).toMatchObject({
        excessPpm: 10_000,
        nearest: schedule(40),
      });
      expect((await backend.tasks()).map((task) => task.schedule)).toContainEqual(schedule(40));
    });

    it('gives the room of a process that has ended to others', async () => {
      const process = await admitted(80);
      await world.end(process);
      const next = await admitted(80);
      expect((await backend.tasks()).map((task) => task.process)).toEqual([next]);
    });

    it('refuses periods below its floor, and says what comes nearest', async () => {
      const process = await world.start();
      const { floorUs, leastSliceUs } = backend.ability;
      const periodUs = floorUs / 2;
      const wanted: Schedule = { periodUs, sliceUs: Math.max(leastSliceUs, periodUs / 5), mode: 'strict' };
      const refusal = await refused(backend.admit(process, wanted));
      expect(refusal.kind).toBe('out-of-range');
      const nearest = 'nearest' in refusal ? refusal.nearest : undefined;
      expect(nearest).toEqual({ periodUs: floorUs, sliceUs: wanted.sliceUs * 2, mode: 'strict' });
      if (nearest) expect(await backend.admit(process, nearest)).toMatchObject({ kind: 'granted' });
    });

    it('refuses what is no schedule, and what it does not support', async () => {
      const process = await world.start();
      for (const wrong of [{ sliceUs: 0 }, { sliceUs: 100_001 }, { periodUs: 1.5 }, { sliceUs: Number.NaN }])
        expect(await refused(backend.admit(process, { ...schedule(30), ...wrong }))).toMatchObject({ kind: 'invalid' });
      const { modes, hasPhases } = backend.ability;
      const loose: Schedule = { ...schedule(30), mode: 'work-conserving' };
      if (!modes.includes('work-conserving'))
        expect(await refused(backend.admit(process, loose))).toMatchObject({ kind: 'unsupported' });
      if (!hasPhases)
        expect(await refused(backend.admit(process, { ...schedule(30), phaseUs: 5 }))).toMatchObject({
          kind: 'unsupported',
        });
      if (backend.ability.binds)
        expect(await refused(backend.admit(process, schedule(30), 4095))).toMatchObject({ kind: 'unsupported' });
      expect(world.isOrdinary(process)).toBe(true);
    });

    it('refuses who is not there, who is not meant, and who is scheduled already', async () => {
      const process = await admitted(30);
      const other = { ...process, startTicks: process.startTicks - 1 };
      expect(await refused(backend.admit(other, schedule(30)))).toMatchObject({ kind: 'other-process' });
      expect(await refused(backend.release(other))).toMatchObject({ kind: 'other-process' });
      expect(await refused(backend.admit(process, schedule(30)))).toMatchObject({ kind: 'already-scheduled' });
      const ended = await world.start();
      expect(await refused(backend.set(ended, schedule(30)))).toMatchObject({ kind: 'not-scheduled' });
      await world.end(ended);
      expect(await refused(backend.admit(ended, schedule(30)))).toMatchObject({ kind: 'gone' });
    });

    it('counts all threads of a process as one task, or refuses more than one', async () => {
      const process = await world.start(3);
      if (backend.ability.mostThreads < 3) {
        expect(await refused(backend.admit(process, schedule(30)))).toMatchObject({ kind: 'unsupported' });
        expect(world.isOrdinary(process)).toBe(true);
        return;
      }
      expect(await backend.admit(process, schedule(30))).toMatchObject({ kind: 'granted' });
      const { usedMs, leastMs, mostMs } = await given(process, 30, 500);
      expect(usedMs).toBeGreaterThan(leastMs);
      expect(usedMs).toBeLessThan(mostMs);
    });

    it('takes requests one after the other', async () => {
      const processes = await Promise.all([world.start(), world.start(), world.start()]);
      const outcomes = await Promise.all(processes.map((process) => backend.admit(process, schedule(40))));
      expect(outcomes.map(({ kind }) => kind)).toEqual(['granted', 'granted', 'overfull']);
    });

    it('makes all ordinary when it is closed', async () => {
      const process = await admitted(30);
      await backend.close();
      expect(world.isOrdinary(process)).toBe(true);
    });

    it('puts back what an earlier agent left behind', async () => {
      const process = await admitted(30);
      if (world.reopen === undefined) return;
      await world.reopen();
      backend = world.backend;
      expect(world.isOrdinary(process)).toBe(true);
      expect(await backend.tasks()).toEqual([]);
      expect(await backend.admit(process, schedule(80))).toMatchObject({ kind: 'granted' });
    });
  });
}
