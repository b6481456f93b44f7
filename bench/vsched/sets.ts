import { type Draw, drawFrom } from '../vadapt/draw.js';
import type { SetTask } from './measure-set.js';

export interface NamedSet {
  name: string;
  tasks: SetTask[];
}

export const periodsMs = [1, 2, 5, 10, 16, 50, 100, 250, 1000] as const;
const utilisations = [0.3, 0.6, 0.9];
/** Periods of 1 ms are promised up to here. */
const mostAtShortest = 0.8;
/** Of a processor, beside what is kept for ordinary processes. */
export const most = 0.9;

/** One task a processor, the same on all. */
export function single(periodMs: number, share: number, processors: readonly number[]): NamedSet {
  const periodUs = periodMs * 1000;
  const tasks = processors.map((cpu) => ({ cpu, periodUs, sliceUs: Math.floor(periodUs * share + 1e-6) }));
  return { name: `${periodMs} ms ${Math.round(share * 100)} %`, tasks };
}

/** Three tasks a processor that share it equally: one of them comes last. */
export function triple(periodMs: number, share: number, processors: readonly number[]): NamedSet {
  const { name, tasks } = single(periodMs, share / 3, processors);
  const whole = `${periodMs} ms ${Math.round(share * 100)} %`;
  return { name: `${name} three times, ${whole}`, tasks: tasks.flatMap((task) => [task, task, task]) };
}

/** Of one period; the last set asks for as much as is promised. */
export function singles(periodMs: number, processors: readonly number[]): NamedSet[] {
  return utilisations.map((share) =>
    single(periodMs, periodMs === 1 ? Math.min(share, mostAtShortest) : share, processors),
  );
}

/** The longest period is left out: it would be a handful of periods. */
const drawnPeriodsMs = periodsMs.filter((each) => each < 1000);

/** Sets of so many VMs on each processor, drawn from a seed: the first fills the processor, others fill half of it and more. */
export function mixed(count: number, sets: number, seed: number, processors: readonly number[]): NamedSet[] {
  const draw = drawFrom(seed + count);
  return Array.from({ length: sets }, (_, index) => ({
    name: `${count} VMs ${String.fromCharCode(97 + index)}`,
    tasks: processors.flatMap((cpu) => drawn(draw, cpu, count, index === 0 ? 1 : 0.5 + draw.share() / 2)),
  }));
}

function drawn(draw: Draw, cpu: number, count: number, fill: number): SetTask[] {
  const periods = Array.from({ length: count }, () => draw.of(drawnPeriodsMs) * 1000);
  const weights = periods.map(() => 0.5 + draw.share());
  const weight = weights.reduce((sum, each) => sum + each, 0);
  const share = fill * (periods.includes(1000) ? mostAtShortest : most);
  return periods.map((periodUs, index) => {
    const sliceUs = Math.floor((periodUs * share * (weights[index] ?? 0)) / weight);
    return { cpu, periodUs, sliceUs };
  });
}
