import { type RealTimeLimits, realTimeLimits } from '../../agents/vsched/real-time-limits.js';
import type { Figure } from '../figure.js';
import { atLeast, info } from '../vnet/figures.js';
import { below } from './deviations.js';
import { type MeasuredSet, measureSet } from './measure-set.js';
import type { Options } from './options.js';
import { type NamedSet, single, triple } from './sets.js';
import { processors, type VschedStage } from './stage.js';
import { largest, missedPercent, overheadPercent, told } from './summary.js';

const stepMs = 2;
const steps = [0.8, 0.85, 0.9, 0.93, 0.96, 0.98, 1];
const mostSeconds = 3;

/** Nothing is kept for ordinary processes, so that more is admitted than is promised: from where on the last of three misses its periods. */
export async function stepFigures(stage: VschedStage, options: Options): Promise<Figure[]> {
  return withoutReserve(
    stage,
    options,
    steps.map((share) => [share, triple(stepMs, share, processors)]),
    (share, set) => {
      const name = `step, ${stepMs} ms: periods missed at ${Math.round(share * 100)} %, at most`;
      const missed = largest(set.tasks.map(missedPercent));
      if (share <= 0.9) return [below(name, missed, 1, '%')];
      return [share < 1 ? info(name, missed, '%') : atLeast(name, missed, 90, '%')];
    },
  );
}

const beyondMs = 10;
const beyond = [0.92, 0.93, 0.94, 0.95, 0.96];
/** A gap of which nobody but the kernel is the cause. */
const stallNs = 25_000_000;

/** What happens between what is promised and all there is, and who takes it. */
export async function beyondFigures(stage: VschedStage, options: Options): Promise<Figure[]> {
  const limits = realTimeLimits(processors[0] ?? 0);
  const figures = await withoutReserve(
    stage,
    options,
    beyond.map((share) => [share, single(beyondMs, share, processors)]),
    (share, set) => stallFigures(`beyond, ${Math.round(share * 100)} % of ${beyondMs} ms`, share, set, limits),
  );
  return [
    info('beyond: real-time processes are throttled at', limits.throttle * 100, '%'),
    info(
      `beyond: the fair server leaves them${limits.fairServerIsAssumed ? ', as it usually does,' : ''}`,
      limits.fairServer * 100,
      '%',
    ),
    ...figures,
  ];
}

function stallFigures(name: string, share: number, set: MeasuredSet, limits: RealTimeLimits): Figure[] {
  const missed = largest(set.tasks.map(missedPercent));
  const stalls = set.tasks.map(({ trace, fromNs, toNs }) => {
    const gaps = trace.gapsNs(fromNs, toNs).filter((gap) => gap > stallNs);
    return { each: (gaps.length * 1e9) / (toNs - fromNs), longestMs: largest([0, ...gaps]) / 1e6 };
  });
  // All that real-time processes got: those that stand in for VMs, and the core.
  const all = set.tasks.map(({ task, verdict }) => {
    const core = set.overhead.find(({ cpu }) => cpu === task.cpu);
    return (verdict.share + (core?.share ?? 0)) * 100;
  });
  const isKept = share + overheadPercent(set) / 100 <= limits.most;
  const title = `${name}: periods missed${isKept ? '' : ', beyond what the kernel allows'}, at most`;
  return [
    isKept ? below(title, missed, 1, '%') : info(title, missed, '%'),
    info(`${name}: stalls of more than 25 ms`, largest(stalls.map(({ each }) => each)), 'a second'),
    info(`${name}: longest stall`, largest(stalls.map(({ longestMs }) => longestMs)), 'ms'),
    info(`${name}: all real-time processes together had, at most`, largest(all), '%'),
    info(`${name}: ordinary processes had`, (set.ordinaryShare / processors.length) * 100, '%'),
  ];
}

async function withoutReserve(
  stage: VschedStage,
  { seconds }: Options,
  sets: readonly (readonly [share: number, set: NamedSet])[],
  figuresOf: (share: number, set: MeasuredSet) => Figure[],
): Promise<Figure[]> {
  const backend = await stage.backend('edf', 0);
  try {
    const figures: Figure[] = [];
    for (const [share, { name, tasks }] of sets) {
      const result = await measureSet(stage, backend, tasks, Math.min(seconds, mostSeconds));
      console.error(told(name, result));
      figures.push(...figuresOf(share, result));
    }
    return figures;
  } finally {
    await backend.close();
  }
}
