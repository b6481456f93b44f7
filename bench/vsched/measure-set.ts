import { setTimeout as sleep } from 'node:timers/promises';
import type { Schedule, SchedulerBackend } from '../../agents/vsched/scheduler-backend.js';
import { type Clock, judge, judgeAtBest, noted, sampled, type Verdict } from './judge.js';
import type { Sampler, Samples } from './sampler.js';
import type { StandIn, VschedStage } from './stage.js';
import type { Trace } from './trace.js';

/** A schedule for a stand-in on a processor. */
export interface SetTask {
  cpu: number;
  periodUs: number;
  sliceUs: number;
}

export interface Measured {
  task: SetTask;
  verdict: Verdict;
  trace: Trace;
  /** By the backend's own account; NaN where it keeps none. */
  told: { periods: number; short: number };
  fromNs: number;
  toNs: number;
}

export interface MeasuredSet {
  tasks: Measured[];
  /** By processor: share that scheduling used, by the kernel's clock; and as the backend says. None where the kernel schedules. */
  overhead: { cpu: number; share: number; told: number }[];
  /** What ordinary processes got, in processors. */
  ordinaryShare: number;
  stolenMs: number;
}

const settleMs = 500;
const leastPeriods = 12;

/** Schedules stand-ins, lets them settle, and looks at what they get in a while. @throws if one is not admitted */
export async function measureSet(
  stage: VschedStage,
  backend: SchedulerBackend,
  tasks: readonly SetTask[],
  seconds: number,
): Promise<MeasuredSet> {
  const longestMs = Math.max(...tasks.map(({ periodUs }) => periodUs)) / 1000;
  const standIns: StandIn[] = [];
  const samplers: Sampler[] = [];
  try {
    for (const task of tasks) standIns.push(await admitted(stage, backend, task));
    if (keepsPeriods(backend)) samplers.push(...(await samplersOf(stage, tasks, standIns)));
    await sleep(Math.max(settleMs, 2 * longestMs));
    const before = await look(stage, backend);
    await sleep(Math.max(seconds * 1000, leastPeriods * longestMs));
    const after = await look(stage, backend);
    for (const { process } of standIns) await backend.release(process);
    await sleep(20); // what is noted last
    const samples = await ended(samplers.splice(0));
    const measured: Measured[] = [];
    for (const [index, { process, trace }] of standIns.splice(0).entries())
      measured.push(
        measuredOf(
          stage,
          tasks[index] as SetTask,
          await trace(),
          samples.get(process.pid),
          before.of(process.pid),
          after.of(process.pid),
        ),
      );
    return { tasks: measured, ...between(stage, before, after) };
  } finally {
    await ended(samplers);
    for (const { trace } of standIns) await trace();
  }
}

/** Others begin theirs nobody knows when. */
const keepsPeriods = ({ ability }: SchedulerBackend): boolean => ability.guarantee === 'each-period';

async function admitted(stage: VschedStage, backend: SchedulerBackend, task: SetTask): Promise<StandIn> {
  const standIn = await stage.standIn();
  const { periodUs, sliceUs } = task;
  const schedule: Schedule = { periodUs, sliceUs, mode: 'strict' };
  const outcome = await backend.admit(standIn.process, schedule, backend.ability.binds ? task.cpu : undefined);
  if (outcome.kind === 'granted') return standIn;
  await standIn.trace();
  throw new Error(`${sliceUs} of ${periodUs} us is not admitted: ${outcome.message}`);
}

function samplersOf(stage: VschedStage, tasks: readonly SetTask[], standIns: readonly StandIn[]): Promise<Sampler[]> {
  const pairs = tasks.map(({ cpu, periodUs }, index) => ({ cpu, periodUs, pid: standIns[index]?.process.pid ?? 0 }));
  const cpus = [...new Set(tasks.map(({ cpu }) => cpu))];
  return Promise.all(
    cpus.map((cpu) =>
      stage.sampler(
        cpu,
        pairs.filter((each) => each.cpu === cpu),
      ),
    ),
  );
}

async function ended(samplers: readonly Sampler[]): Promise<Map<number, Samples>> {
  const found = await Promise.all(samplers.map((sampler) => sampler.end()));
  return new Map(found.flatMap((each) => [...each]));
}

interface TaskLook {
  ns: number;
  periods: number;
  short: number;
}

type Look = Awaited<ReturnType<typeof look>>;

async function look(stage: VschedStage, backend: SchedulerBackend) {
  const tasks = await backend.tasks();
  const overheads = (await backend.overheads()).map((each) => ({ ...each, kernelUs: stage.coreUs(each.cpu) }));
  const ns = Number(process.hrtime.bigint());
  const of = (pid: number): TaskLook => {
    const account = tasks.find((each) => each.process.pid === pid)?.account;
    return { ns, periods: account?.periods ?? Number.NaN, short: account?.short ?? Number.NaN };
  };
  return { ns, overheads, competitorsUs: stage.competitorsUs, of };
}

function measuredOf(
  { steal }: VschedStage,
  task: SetTask,
  trace: Trace,
  samples: Samples | undefined,
  before: TaskLook,
  after: TaskLook,
): Measured {
  const times = { fromNs: before.ns, toNs: after.ns };
  const promised = { ...times, periodNs: task.periodUs * 1000, sliceNs: task.sliceUs * 1000 };
  const clock: Clock = samples ? sampled(trace, samples) : noted(trace);
  const verdict = samples
    ? judge(clock, { ...promised, phaseNs: 0 }, steal.windows(task.cpu))
    : judgeAtBest(clock, promised, steal.everywhere);
  const told = { periods: after.periods - before.periods, short: after.short - before.short };
  return { task, trace, verdict, told, ...times };
}

function between(stage: VschedStage, before: Look, after: Look): Omit<MeasuredSet, 'tasks'> {
  const elapsedUs = (after.ns - before.ns) / 1000;
  const overhead = after.overheads.flatMap((end) => {
    const begin = before.overheads.find(({ cpu }) => cpu === end.cpu);
    if (begin === undefined) return [];
    const told = (end.usedUs - begin.usedUs) / (end.elapsedUs - begin.elapsedUs);
    return [{ cpu: end.cpu, share: (end.kernelUs - begin.kernelUs) / elapsedUs, told }];
  });
  const ordinaryUs = after.competitorsUs - before.competitorsUs;
  const stolenMs = stage.steal.stolenMs(before.ns, after.ns);
  return { overhead, ordinaryShare: ordinaryUs / elapsedUs, stolenMs };
}
