import { remembered } from '../model/derived.js';
import type { Problem } from '../model/problem.js';
import { utilisation } from '../model/schedule.js';
import { fitsProcessors, partition } from '../vsched/partition.js';
import { at } from './at.js';

/** Sums such as 0.1 + 0.2 must not refuse what exact sums admit. */
const tolerance = 1e-9;

/** Whether processors of hosts keep the schedules of VMs: asked often, for few different sets. Null where no VM has a schedule. */
export function schedulingOf(problem: Problem): Scheduling | null {
  if (problem.vms.every(({ schedule }) => schedule === undefined)) return null;
  return remembered(known, problem, () => new Scheduling(problem));
}

const known = new WeakMap<Problem, Scheduling>();

export class Scheduling {
  readonly #problem: Problem;
  /** By VM: a number that is equal for equal schedules; -1 where there is none. */
  readonly #classOf: Int32Array;
  /** By host, likewise for its processors; -1 where they are not limited. */
  readonly #kindOf: Int32Array;
  readonly #verdicts = new Map<string, ReturnType<typeof fitsProcessors>>();

  constructor(problem: Problem) {
    this.#problem = problem;
    this.#classOf = numbered(problem.vms, ({ schedule: s }) => s && `${s.periodUs} ${s.sliceUs} ${s.threads}`);
    this.#kindOf = numbered(problem.hosts, ({ processors: p }) => p && `${p.count} ${p.reservedPpm}`);
  }

  /** Of a VM: VMs of equal numbers may be exchanged for one another. */
  classOf(vm: number): number {
    return this.#classOf[vm] as number;
  }

  kindOf(host: number): number {
    return this.#kindOf[host] as number;
  }

  /** Whether a host keeps the schedule of a VM beside those of its guests. */
  keeps(host: number, guests: readonly number[], vm: number): boolean {
    const { hosts, vms } = this.#problem;
    const { processors } = at(hosts, host);
    const { schedule } = at(vms, vm);
    if (schedule === undefined || processors === undefined) return true;
    const beside = guests.filter((guest) => guest !== vm && at(vms, guest).schedule !== undefined);
    const all = [...beside, vm];
    const needed = all.reduce((sum, each) => sum + this.needs(each), 0);
    if (needed > this.has(host) + tolerance) return false;
    const key = `${this.kindOf(host)}: ${all.map((each) => this.classOf(each)).sort((a, b) => a - b)}`;
    const schedules = all.flatMap((each) => at(vms, each).schedule ?? []);
    const verdict = this.#verdicts.get(key) ?? fitsProcessors(schedules, processors);
    this.#verdicts.set(key, verdict);
    // What runs is there, whether or not a search finds it.
    return verdict === 'unknown' ? this.#runsSo(host, all) : verdict === 'fits';
  }

  #runsSo(host: number, vms: readonly number[]): boolean {
    const { processors } = at(this.#problem.hosts, host);
    const schedules = vms.flatMap((vm) => {
      const { schedule, current } = at(this.#problem.vms, vm);
      const { cpus, ...alone } = schedule ?? { periodUs: 0, sliceUs: 0, threads: 0 };
      return current === host && cpus ? [{ ...alone, cpus }] : [alone];
    });
    return processors !== undefined && partition(schedules, processors).kind === 'partition';
  }

  /** In processors. */
  needs(vm: number): number {
    const { schedule } = at(this.#problem.vms, vm);
    return schedule === undefined ? 0 : utilisation(schedule);
  }

  has(host: number): number {
    const { processors } = at(this.#problem.hosts, host);
    if (processors === undefined) return Number.POSITIVE_INFINITY;
    return processors.count * (1 - processors.reservedPpm / 1e6);
  }
}

function numbered<Item>(items: readonly Item[], keyOf: (item: Item) => string | undefined): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(items, (item) => {
    const key = keyOf(item);
    if (key === undefined) return -1;
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
}
