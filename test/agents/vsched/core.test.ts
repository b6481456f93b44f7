import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { identifyProcess } from '../../../agents/linux/process-identity.js';
import { flag } from '../../../agents/vsched/area-layout.js';
import { coreProgram } from '../../../agents/vsched/core-program.js';
import { describeLab } from '../../environment.js';
import { CoreStage, cpu, hogProgram, isOrdinary, schedulingOf, usedNs } from './core-stage.js';

const schedule = { periodUs: 10_000, sliceUs: 3_000, flags: flag.strict };
/** SCHED_FIFO. */
const fifo = 1;

describeLab('virtuoso-vsched', ['linux', 'clang', 'root', 'realtime'], () => {
  let stage: CoreStage;

  beforeAll(() => {
    coreProgram();
    hogProgram();
  }, 120_000);

  beforeEach(async () => {
    stage = new CoreStage();
    await stage.start();
  });

  afterEach(() => stage.end());

  /** Share of the processor, in percent. */
  async function shares(pids: number[], forMs: number): Promise<number[]> {
    const startMs = performance.now();
    const before = pids.map(usedNs);
    await sleep(forMs);
    const elapsedNs = (performance.now() - startMs) * 1e6;
    return pids.map((pid, index) => ((usedNs(pid) - (before[index] ?? 0)) / elapsedNs) * 100);
  }

  /** An ordinary hog beside, on the same processor. */
  async function competitor(): Promise<number> {
    const pid = await stage.hog();
    spawnSync('taskset', ['-pc', String(cpu), String(pid)]);
    return pid;
  }

  it('gives a process its slice of every period, and no more', async () => {
    const pid = await stage.hog();
    const other = await competitor();
    expect(await stage.want({ pid, ...schedule })).toEqual(['held']);
    expect(schedulingOf(pid).processors).toBe(String(cpu));
    const [share = 0, rest = 0] = await shares([pid, other], 2000);
    expect(share).toBeGreaterThan(27);
    expect(share).toBeLessThan(33);
    expect(rest).toBeGreaterThan(10);
    const { periods, shorts } = stage.account(0);
    expect(periods).toBeGreaterThan(150);
    expect(shorts).toBeLessThan(periods / 4);
  });

  it('lets a process that is not strict have more than its slice when nobody else wants it', async () => {
    const pid = await stage.hog();
    await stage.want({ pid, ...schedule, flags: 0 });
    const [share = 0] = await shares([pid], 1000);
    expect(share).toBeGreaterThan(60);
  });

  it('counts all threads of a process as one task', async () => {
    const pid = await stage.hog(4);
    await competitor();
    await stage.want({ pid, ...schedule });
    const [share = 0] = await shares([pid], 2000);
    expect(share).toBeGreaterThan(27);
    expect(share).toBeLessThan(33);
  });

  it('takes in threads that a process begins later', async () => {
    const pid = await stage.hog(3, 300);
    await stage.want({ pid, ...schedule });
    expect(schedulingOf(pid).policies).toEqual([fifo]);
    await stage.until(
      () => String(schedulingOf(pid).policies) === String([fifo, fifo, fifo]),
      'all threads are taken in',
    );
    const [share = 0] = await shares([pid], 1000);
    expect(share).toBeGreaterThan(25);
    expect(share).toBeLessThan(35);
  });

  it('begins periods in phase with the clock that is asked for', async () => {
    const wish = { periodUs: 50_000, sliceUs: 10_000, phaseUs: 20_000 };
    await stage.want(
      { pid: await stage.hog(), ...wish, flags: flag.strict | flag.phased },
      { pid: await stage.hog(), ...wish, flags: flag.strict | flag.phased | flag.realtime },
    );
    const realtimeOffsetNs = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
    await sleep(500);
    expect(stage.starts(0).length).toBeGreaterThan(5);
    for (const startNs of stage.starts(0)) expect(startNs % 50_000_000n).toBe(20_000_000n);
    for (const startNs of stage.starts(1)) {
      const phaseMs = Number((startNs + realtimeOffsetNs) % 50_000_000n) / 1e6;
      expect(Math.abs(phaseMs - 20)).toBeLessThan(3);
    }
  });

  it('changes a schedule while it is in force, and pauses and resumes', async () => {
    const pid = await stage.hog();
    await stage.want({ pid, ...schedule });
    await stage.want({ pid, ...schedule, sliceUs: 6_000 });
    const [more = 0] = await shares([pid], 1000);
    expect(more).toBeGreaterThan(54);
    expect(more).toBeLessThan(66);
    await stage.want({ pid, ...schedule, flags: flag.strict | flag.paused });
    await stage.until(() => schedulingOf(pid).states.every((state) => state === 'T'), 'it is stopped');
    const [none = 0] = await shares([pid], 500);
    expect(none).toBeLessThan(1);
    await stage.want({ pid, ...schedule });
    const [again = 0] = await shares([pid], 1000);
    expect(again).toBeGreaterThan(25);
  });

  it('refuses what does not fit, what is not there, and who is not meant', async () => {
    const pid = await stage.hog();
    const second = await stage.hog();
    const start = identifyProcess(pid)?.startTicks ?? 0;
    const wishes = [
      { pid, ...schedule, sliceUs: 6_000, startTicks: start },
      { pid: second, ...schedule, sliceUs: 3_501 },
      { pid: second, ...schedule, startTicks: start + 100_000 },
      { pid: 4_194_303, ...schedule },
      { pid: second, ...schedule, periodUs: 1 },
      { pid: second, ...schedule, flags: 64 },
      { pid, ...schedule, sliceUs: 1_000 },
      { pid: stage.pids.core, ...schedule, sliceUs: 1_000 },
    ];
    expect(await stage.want(...wishes)).toEqual([
      ...['held', 'overfull', 'other', 'gone'],
      ...['invalid', 'invalid', 'invalid', 'invalid'],
    ]);
    expect(isOrdinary(second)).toBe(true);
    expect(await stage.want(wishes[0] ?? { pid, ...schedule }, { pid: second, ...schedule, sliceUs: 3_500 })).toEqual([
      'held',
      'held',
    ]);
  });

  it('keeps the schedule that a process has when it cannot have the other', async () => {
    const pid = await stage.hog();
    await stage.want({ pid, ...schedule });
    expect(await stage.want({ pid, ...schedule, sliceUs: 9_900 })).toEqual(['overfull']);
    const [share = 0] = await shares([pid], 1000);
    expect(share).toBeGreaterThan(27);
    expect(share).toBeLessThan(33);
  });

  it('returns a process that is wanted no more, and forgets one that ends', async () => {
    const pid = await stage.hog();
    const second = await stage.hog();
    await stage.want({ pid, ...schedule }, { pid: second, ...schedule });
    await stage.want({ pid: 0, periodUs: 0, sliceUs: 0 }, { pid: second, ...schedule });
    expect(isOrdinary(pid)).toBe(true);
    process.kill(second, 'SIGKILL');
    await stage.until(() => stage.answer(1) === 'gone', 'the end is seen');
  });

  it('has one core for one area', async () => {
    const again = spawnSync(
      coreProgram(),
      ['run', '--cpu', String(cpu), '--reserve-ppm', '0', '--area', stage.areaPath],
      {
        encoding: 'utf8',
        timeout: 5000,
      },
    );
    expect(again.status).toBe(1);
    expect(again.stderr).toContain('another core has it');
  });

  async function scheduledHogs(): Promise<void> {
    const pids = [await stage.hog(), await stage.hog(), await stage.hog()];
    const wishes = pids.map((pid) => ({ pid, ...schedule, sliceUs: 2_000 }));
    expect(await stage.want(...wishes)).toEqual(['held', 'held', 'held']);
  }

  it.each([
    ['the core is killed', () => process.kill(stage.pids.core, 'SIGKILL')],
    ['the core is stopped', () => process.kill(stage.pids.core, 'SIGSTOP')],
    ['the watchdog is killed', () => process.kill(stage.pids.watch, 'SIGKILL')],
    ['the watchdog is stopped', () => process.kill(stage.pids.watch, 'SIGSTOP')],
    ['the core is asked to end', () => process.kill(stage.pids.core, 'SIGTERM')],
    ['the watchdog is asked to end', () => process.kill(stage.pids.watch, 'SIGTERM')],
    ['the agent has ended', () => stage.core?.stdin?.destroy()],
  ])('leaves nothing stopped or at a real-time priority when %s', async (_, harm) => {
    await scheduledHogs();
    await sleep(100);
    harm();
    expect(await stage.untilOrdinary()).toBeLessThan(2000);
    for (const pid of Object.values(stage.pids)) if (identifyProcess(pid)) process.kill(pid, 'SIGCONT');
  });

  it('leaves nothing stopped or at a real-time priority when the agent is killed', async () => {
    await stage.end();
    stage = new CoreStage();
    const agent = await stage.startUnderAgent();
    await scheduledHogs();
    await sleep(100);
    agent.kill('SIGKILL');
    expect(await stage.untilOrdinary()).toBeLessThan(2000);
  });

  it('returns what was left behind when core and watchdog were killed at once', async () => {
    await scheduledHogs();
    const { core, watch } = stage.pids;
    process.kill(watch, 'SIGSTOP');
    process.kill(core, 'SIGKILL');
    process.kill(watch, 'SIGKILL');
    const release = spawnSync(coreProgram(), ['release', '--area', stage.areaPath], { encoding: 'utf8' });
    expect(release.stderr).toContain('returned to ordinary scheduling: 3');
    expect(await stage.untilOrdinary()).toBeLessThan(2000);
  });
});
