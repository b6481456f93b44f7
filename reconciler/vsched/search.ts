import type { Processors, Schedule } from '../model/schedule.js';
import { exactShares } from './admission.js';

/** Tasks that one processor's scheduler holds. */
const mostTasks = 64;

export interface SearchTerms {
  /** By schedule: processors that its threads run on now. */
  current: readonly (readonly number[])[];
  /** Threads that may leave the processor they run on. */
  mostMoved: number;
  /** Tries of a thread on a processor, before the search gives up. */
  steps: number;
}

export interface Found {
  /** By schedule, ascending; null where none was found. */
  cpus: number[][] | null;
  steps: number;
  /** Whether all was tried. */
  isExhaustive: boolean;
}

/**
 * A partition of schedules over processors by depth-first search, the largest share first: onto processors they run on, then onto the
 * fullest that takes them. So the first descent is best-fit decreasing; going back makes it exact. Processors of equal load are tried once.
 */
export function searchPartition(schedules: readonly Schedule[], processors: Processors, terms: SearchTerms): Found {
  return new PartitionSearch(schedules, processors, terms).run();
}

class PartitionSearch {
  readonly #shares: readonly bigint[];
  readonly #capacity: bigint;
  readonly #schedules: readonly Schedule[];
  readonly #terms: SearchTerms;
  readonly #order: number[];
  readonly #load: bigint[];
  readonly #tasks: number[];
  /** By processor: threads that run there now and have not been placed. */
  readonly #awaited: number[];
  readonly #cpus: number[][];
  #needed: bigint;
  #moved = 0;
  #steps = 0;

  constructor(schedules: readonly Schedule[], { count, reservedPpm }: Processors, terms: SearchTerms) {
    const { of, capacity } = exactShares(schedules, reservedPpm);
    this.#shares = of;
    this.#capacity = capacity;
    this.#schedules = schedules;
    this.#terms = terms;
    this.#order = [...schedules.keys()].sort((a, b) => this.#compare(a, b));
    this.#load = new Array(count).fill(0n);
    this.#tasks = new Array(count).fill(0);
    this.#awaited = new Array(count).fill(0);
    for (const cpus of terms.current) for (const cpu of cpus) (this.#awaited[cpu] as number) += 1;
    this.#cpus = schedules.map(() => []);
    this.#needed = schedules.reduce((sum, { threads }, place) => sum + BigInt(threads) * (of[place] as bigint), 0n);
  }

  /** Where nothing may move, what runs comes first: it has no choice. */
  #compare(a: number, b: number): number {
    const { current, mostMoved } = this.#terms;
    const [runsA, runsB] = [a, b].map((place) => (current[place] ?? []).length > 0);
    if (mostMoved === 0 && runsA !== runsB) return runsA ? -1 : 1;
    const [shareA, shareB] = [this.#shares[a] as bigint, this.#shares[b] as bigint];
    if (shareA !== shareB) return shareA > shareB ? -1 : 1;
    return (this.#schedules[b]?.threads ?? 0) - (this.#schedules[a]?.threads ?? 0) || a - b;
  }

  run(): Found {
    const isFound = this.#needed <= BigInt(this.#load.length) * this.#capacity && this.#placeNext(0);
    const cpus = isFound ? this.#cpus.map((each) => [...each].sort((a, b) => a - b)) : null;
    return { cpus, steps: this.#steps, isExhaustive: isFound || this.#steps < this.#terms.steps };
  }

  #placeNext(depth: number): boolean {
    const schedule = this.#order[depth];
    if (schedule === undefined) return true;
    const current = this.#terms.current[schedule] ?? [];
    for (const cpu of current) (this.#awaited[cpu] as number) -= 1;
    const isDone = this.#placeThread(depth, schedule, 0, this.#candidates(schedule), 0);
    if (!isDone) for (const cpu of current) (this.#awaited[cpu] as number) += 1;
    return isDone;
  }

  /** Processors that could take a thread, in the order in which they are tried. */
  #candidates(schedule: number): number[] {
    const share = this.#shares[schedule] as bigint;
    const current = new Set(this.#terms.current[schedule]);
    const open = [...this.#load.keys()].filter(
      (cpu) => this.#loadOf(cpu) + share <= this.#capacity && (this.#tasks[cpu] as number) < mostTasks,
    );
    return open.sort((a, b) => {
      if (current.has(a) !== current.has(b)) return current.has(a) ? -1 : 1;
      if (this.#loadOf(a) !== this.#loadOf(b)) return this.#loadOf(a) > this.#loadOf(b) ? -1 : 1;
      return a - b;
    });
  }

  /** One thread after the other, each further down the candidates: which thread is where makes no difference. */
  #placeThread(depth: number, schedule: number, thread: number, candidates: readonly number[], from: number): boolean {
    const { threads } = this.#schedules[schedule] as Schedule;
    if (thread === threads) return this.#placeNext(depth + 1);
    const current = this.#terms.current[schedule] ?? [];
    const tried = new Set<string>();
    for (let place = from; place <= candidates.length - (threads - thread); place++) {
      const cpu = candidates[place] as number;
      const isCurrent = current.includes(cpu);
      const key = isCurrent || this.#awaited[cpu] !== 0 ? `cpu ${cpu}` : `${this.#load[cpu]} ${this.#tasks[cpu]}`;
      const isMoved = !isCurrent && thread < current.length;
      if (tried.has(key) || (isMoved && this.#moved >= this.#terms.mostMoved)) continue;
      if (this.#steps++ >= this.#terms.steps) return false;
      tried.add(key);
      this.#put(schedule, cpu, Number(isMoved));
      if (this.#placeThread(depth, schedule, thread + 1, candidates, place + 1)) return true;
      this.#take(schedule, cpu, Number(isMoved));
    }
    return false;
  }

  #put(schedule: number, cpu: number, moved: number): void {
    this.#load[cpu] = this.#loadOf(cpu) + (this.#shares[schedule] as bigint);
    (this.#tasks[cpu] as number) += 1;
    this.#cpus[schedule]?.push(cpu);
    this.#moved += moved;
  }

  #take(schedule: number, cpu: number, moved: number): void {
    this.#load[cpu] = this.#loadOf(cpu) - (this.#shares[schedule] as bigint);
    (this.#tasks[cpu] as number) -= 1;
    this.#cpus[schedule]?.pop();
    this.#moved -= moved;
  }

  #loadOf(cpu: number): bigint {
    return this.#load[cpu] as bigint;
  }
}
