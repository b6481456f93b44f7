import type { Processors, RunningSchedule, Schedule } from '../model/schedule.js';
import { searchPartition } from './search.js';

export type Partition =
  /** By schedule: the processors of its threads, ascending; none twice. */
  | { kind: 'partition'; cpus: number[][] }
  /** `isProved`: there is none; otherwise none was found. */
  | { kind: 'none'; isProved: boolean };

/** Tries of a thread on a processor: proofs for a dozen schedules on eight processors take less. */
const steps = 20_000;

/**
 * Which processors of a host keep which schedules, so that each is admitted. As few threads as possible leave the processor they run on,
 * as far as a search of `steps` can tell.
 */
export function partition(schedules: readonly RunningSchedule[], processors: Processors): Partition {
  const current = schedules.map((schedule) => validCpus(schedule, processors));
  const running = current.reduce((sum, cpus) => sum + cpus.length, 0);
  let left = steps;
  for (let mostMoved = 0; mostMoved < running && left > 0; mostMoved++) {
    const found = searchPartition(schedules, processors, { current, mostMoved, steps: left });
    if (found.cpus !== null) return { kind: 'partition', cpus: found.cpus };
    left -= found.steps;
  }
  const none = schedules.map(() => []);
  const found = searchPartition(schedules, processors, { current: none, mostMoved: running, steps });
  if (found.cpus !== null) return { kind: 'partition', cpus: renumbered(found.cpus, current, processors.count) };
  return { kind: 'none', isProved: found.isExhaustive };
}

/** Whether some partition exists, wherever threads run now; `unknown` where the search gave up. */
export function fitsProcessors(schedules: readonly Schedule[], processors: Processors): 'fits' | 'none' | 'unknown' {
  const found = searchPartition(schedules, processors, { current: schedules.map(() => []), mostMoved: 0, steps });
  return found.cpus !== null ? 'fits' : found.isExhaustive ? 'none' : 'unknown';
}

/** Whether processors keep all schedules while no thread leaves the processor it runs on. */
export function fitsInPlace(schedules: readonly RunningSchedule[], processors: Processors): boolean {
  const current = schedules.map((schedule) => validCpus(schedule, processors));
  return searchPartition(schedules, processors, { current, mostMoved: 0, steps }).cpus !== null;
}

function validCpus({ cpus = [], threads }: RunningSchedule, { count }: Processors): number[] {
  const valid = cpus.filter((cpu) => Number.isInteger(cpu) && cpu >= 0 && cpu < count);
  return [...new Set(valid)].slice(0, threads);
}

/** Processors are alike: the same partition with such numbers that few threads leave the one they run on. */
function renumbered(cpus: number[][], current: readonly (readonly number[])[], count: number): number[][] {
  const pairs: { bin: number; cpu: number; kept: number }[] = [];
  for (let bin = 0; bin < count; bin++)
    for (let cpu = 0; cpu < count; cpu++) {
      const kept = cpus.filter((bins, place) => bins.includes(bin) && current[place]?.includes(cpu)).length;
      pairs.push({ bin, cpu, kept });
    }
  pairs.sort((a, b) => b.kept - a.kept || a.bin - b.bin || a.cpu - b.cpu);
  const numberOf = new Map<number, number>();
  const taken = new Set<number>();
  for (const { bin, cpu } of pairs) {
    if (numberOf.has(bin) || taken.has(cpu)) continue;
    numberOf.set(bin, cpu);
    taken.add(cpu);
  }
  return cpus.map((bins) => bins.map((bin) => numberOf.get(bin) ?? bin).sort((a, b) => a - b));
}
