import { isDeepStrictEqual } from 'node:util';
import { identifyProcess, isSameProcess, type ProcessIdentity } from '../linux/process-identity.js';
import { Turns } from '../turns.js';
import { choosePool } from './choose-pool.js';
import type { Mechanism, Placed, Pool, Task } from './mechanism.js';
import { type PlacedShare, placeShares } from './place-shares.js';
import { outOfRange } from './schedule-range.js';
import type {
  Grant,
  Refusal,
  Schedule,
  ScheduledTask,
  SchedulerAbility,
  SchedulerBackend,
  SchedulingOverhead,
  Share,
  ShareRefusal,
} from './scheduler-backend.js';

/** Admits processes, places them on processors, and leaves it to a mechanism to enforce their schedules. */
export class AdmittingScheduler implements SchedulerBackend {
  readonly #mechanism: Mechanism;
  readonly #identify: (pid: number) => ProcessIdentity | undefined;
  /** By number of the process. */
  readonly #tasks = new Map<number, Task>();
  #shares: PlacedShare[] = [];
  readonly #turns = new Turns();

  constructor(mechanism: Mechanism, identify = identifyProcess) {
    this.#mechanism = mechanism;
    this.#identify = identify;
  }

  get ability(): SchedulerAbility {
    return this.#mechanism.ability;
  }

  admit(process: ProcessIdentity, schedule: Schedule, cpu?: number): Promise<Grant | Refusal> {
    return this.#turns.take(async () => {
      await this.#forgetEnded();
      const before = this.#find(process);
      if (before) return ofVm(before) ?? alreadyScheduled(process);
      const refused = outOfRange(schedule, this.ability) ?? this.#absent(process);
      if (refused) return refused;
      const pool = this.#place(schedule, this.#beside(), cpu);
      if ('kind' in pool) return pool;
      return this.#enforce({ process, schedule, pool });
    });
  }

  set(process: ProcessIdentity, schedule: Schedule, cpu?: number): Promise<Grant | Refusal> {
    return this.#turns.take(async () => {
      await this.#forgetEnded();
      const before = this.#find(process);
      if (before === undefined) return this.#absent(process) ?? notScheduled(process);
      const refused = ofVm(before) ?? outOfRange(schedule, this.ability);
      if (refused) return refused;
      const others = this.#beside(before);
      const stays = this.#place(schedule, others, cpu ?? before.pool.cpu);
      const pool = 'kind' in stays && cpu === undefined ? this.#place(schedule, others) : stays;
      if ('kind' in pool) return pool;
      return this.#change(before, { process, schedule, pool });
    });
  }

  release(process: ProcessIdentity): Promise<{ kind: 'released' } | Refusal> {
    return this.#turns.take(async () => {
      const task = this.#find(process);
      if (task === undefined) return this.#absent(process) ?? notScheduled(process);
      return ofVm(task) ?? (await this.#letGo(task)) ?? { kind: 'released' };
    });
  }

  keep(shares: readonly Share[]): Promise<ShareRefusal[]> {
    return this.#turns.take(async () => {
      await this.#forgetEnded();
      const others = this.#ownTasks();
      const taken = shares.flatMap(({ vm, process }) => {
        const own = process && others.find((task) => isSameProcess(task.process, process));
        return own ? [{ vm, refusal: alreadyScheduled(own.process) }] : [];
      });
      if (taken.length > 0) return taken;
      const places = placeShares(shares, others, this.#mechanism.pools, this.ability);
      if (places.kind === 'refused') return places.refusals;
      const before = this.#shares;
      const refused = await this.#divide(places.shares);
      // Who cannot be given back what it had is tried again when shares are kept the next time.
      if (refused) await this.#divide(before);
      return refused ? [refused] : [];
    });
  }

  tasks(): Promise<ScheduledTask[]> {
    return this.#turns.take(async () => {
      await this.#forgetEnded();
      const tasks = [...this.#tasks.values()].sort((a, b) => a.process.pid - b.process.pid);
      return tasks.map((task) => {
        const { process, schedule, pool, vm } = task;
        const ofVm = vm === undefined ? {} : { vm };
        return { process, schedule, cpu: pool.cpu, ...ofVm, ...this.#mechanism.account(task) };
      });
    });
  }

  overheads(): Promise<SchedulingOverhead[]> {
    return this.#turns.take(async () => this.#mechanism.overheads());
  }

  close(): Promise<void> {
    return this.#turns.take(async () => {
      this.#tasks.clear();
      this.#shares = [];
      await this.#mechanism.close();
    });
  }

  async #enforce(task: Task): Promise<Grant | Refusal> {
    const refused = await this.#mechanism.enforce(task);
    if (refused) return refused;
    this.#tasks.set(task.process.pid, task);
    return { kind: 'granted', cpu: task.pool.cpu };
  }

  /** One that moves to another pool and cannot have its schedule there gets back the one that it had. */
  async #change(before: Task, task: Task): Promise<Grant | Refusal> {
    if (before.pool === task.pool) return this.#enforce(task);
    const refused = await this.#letGo(before);
    if (refused) return refused;
    const outcome = await this.#enforce(task);
    if (outcome.kind !== 'granted') await this.#enforce(before);
    return outcome;
  }

  /** Schedules the processes that use these shares, and no longer those that use others: first who gives something back, then who gets more. */
  async #divide(shares: PlacedShare[]): Promise<ShareRefusal | undefined> {
    this.#shares = shares;
    const wanted = shares.flatMap(({ process, ...share }) =>
      process && this.#absent(process) === undefined ? [{ ...share, process }] : [],
    );
    for (const task of [...this.#tasks.values()]) {
      const { vm } = task;
      if (
        vm === undefined ||
        wanted.some((each) => isSameProcess(each.process, task.process) && each.pool === task.pool)
      )
        continue;
      const refusal = await this.#letGo(task);
      if (refusal) return { vm, refusal };
    }
    const growth = ({ process, schedule }: Task): number =>
      utilisation(schedule) - utilisation(this.#find(process)?.schedule);
    for (const { vm, process, schedule, pool } of wanted.sort((a, b) => growth(a) - growth(b))) {
      const before = this.#find(process);
      if (before?.vm === vm && isDeepStrictEqual(before.schedule, schedule)) continue;
      const outcome = await this.#enforce({ vm, process, schedule, pool });
      if (outcome.kind !== 'granted' && this.#absent(process) === undefined) return { vm, refusal: outcome };
    }
    return undefined;
  }

  #ownTasks(): Task[] {
    return [...this.#tasks.values()].filter(({ vm }) => vm === undefined);
  }

  /** What has been admitted, but for one. */
  #beside(but?: Task): Placed[] {
    return [...this.#shares, ...this.#ownTasks()].filter((placed) => placed !== but);
  }

  #place(schedule: Schedule, others: readonly Placed[], cpu?: number): Pool | Refusal {
    const { pools, ability } = this.#mechanism;
    const wanted = ability.binds && cpu !== undefined ? pools.filter((pool) => pool.cpu === cpu) : pools;
    if (wanted.length > 0) return choosePool(schedule, wanted, others, ability);
    const message = `there is no processor ${cpu} to schedule on: choose one of ${ability.cpus.join(', ')}`;
    return { kind: 'unsupported', message };
  }

  #find({ pid, startTicks }: ProcessIdentity): Task | undefined {
    const task = this.#tasks.get(pid);
    return task?.process.startTicks === startTicks ? task : undefined;
  }

  #absent({ pid, startTicks }: ProcessIdentity): Refusal | undefined {
    const now = this.#identify(pid);
    if (now === undefined) return { kind: 'gone', message: `there is no process ${pid}: it has ended` };
    if (now.startTicks === startTicks) return undefined;
    const message = `process ${pid} is another one now: the one that is meant has ended; look its number up again`;
    return { kind: 'other-process', message };
  }

  async #forgetEnded(): Promise<void> {
    for (const task of [...this.#tasks.values()]) {
      if (this.#absent(task.process) !== undefined) await this.#letGo(task);
    }
  }

  async #letGo(task: Task): Promise<Refusal | undefined> {
    const refused = await this.#mechanism.release(task);
    if (refused === undefined) this.#tasks.delete(task.process.pid);
    return refused;
  }
}

const utilisation = (schedule?: Schedule): number => (schedule ? schedule.sliceUs / schedule.periodUs : 0);

function ofVm({ process, vm }: Task): Refusal | undefined {
  if (vm === undefined) return undefined;
  const message = `process ${process.pid} has a part of what ${vm} was promised: change the schedule of ${vm}`;
  return { kind: 'already-scheduled', message };
}

function alreadyScheduled({ pid }: ProcessIdentity): Refusal {
  return { kind: 'already-scheduled', message: `process ${pid} has a schedule: change that one, or release it first` };
}

function notScheduled({ pid }: ProcessIdentity): Refusal {
  return { kind: 'not-scheduled', message: `process ${pid} has no schedule: admit it first` };
}
