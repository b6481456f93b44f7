import type {
  FoundProcess,
  ProcessIdentity,
  VschedAdmit,
  VschedSet,
  VschedTask,
} from '../../../schema/generated/types.js';
import { isSameProcess } from '../../linux/process-identity.js';
import type { Grant, Refusal, Schedule, ScheduledTask, SchedulerBackend } from '../scheduler-backend.js';
import { accountWithTrouble } from './account-with-trouble.js';
import type { Authority } from './authority.js';
import { type Outcome, refused, refusedBy } from './outcome.js';
import { printable } from './printable.js';
import type { ProcessTable, SeenProcess } from './process-table.js';

/** As the schema allows. */
const mostFound = 200;
const [longestName, longestCommand] = [64, 200];

/** What a key may ask of processes: of those that users have whom it was granted, and of no others. */
export class ProcessRequests {
  readonly #backend: SchedulerBackend;
  readonly #processes: ProcessTable;

  constructor(backend: SchedulerBackend, processes: ProcessTable) {
    this.#backend = backend;
    this.#processes = processes;
  }

  /** Scheduled processes of these users, those of VMs not. */
  list({ users }: Authority, tasks: readonly ScheduledTask[]): VschedTask[] {
    return tasks.flatMap((task) => {
      const seen = task.vm === undefined ? this.#processes.look(task.process.pid) : undefined;
      const user = seen && isSameProcess(seen.process, task.process) ? users.get(seen.uid) : undefined;
      return seen === undefined || user === undefined ? [] : [taskOf(task, seen, user)];
    });
  }

  async find(authority: Authority, text: string): Promise<Outcome> {
    const wanted = text.toLowerCase();
    const all = await this.#processes.ofUsers(new Set(authority.users.keys()));
    const matching = all.filter(
      ({ name, command, isVital }) => !isVital && `${name}\n${command}`.toLowerCase().includes(wanted),
    );
    const more = Math.max(0, matching.length - mostFound);
    return { kind: 'found', processes: await this.#described(authority, matching.slice(0, mostFound)), more };
  }

  async identify(authority: Authority, pid: number): Promise<Outcome> {
    const seen = this.#processes.look(pid);
    return { kind: 'found', processes: await this.#described(authority, seen ? [seen] : []), more: 0 };
  }

  async admit(authority: Authority, { process, periodUs, sliceUs, mode, cpu }: VschedAdmit): Promise<Outcome> {
    const refusal = await this.#refusal(authority, process);
    if (refusal) return refusal;
    const schedule = { periodUs, sliceUs, mode };
    return granted(schedule, await this.#backend.admit(process, schedule, cpu));
  }

  set(authority: Authority, { process, periodUs, sliceUs, mode, cpu }: VschedSet): Promise<Outcome> {
    return this.#change(
      authority,
      process,
      (before) => ({ ...before, periodUs, sliceUs, mode: mode ?? before.mode }),
      cpu,
    );
  }

  pause(authority: Authority, process: ProcessIdentity): Promise<Outcome> {
    return this.#change(authority, process, (before) => ({ ...before, isPaused: true }));
  }

  resume(authority: Authority, process: ProcessIdentity): Promise<Outcome> {
    return this.#change(authority, process, ({ isPaused, ...before }) => before);
  }

  async release(authority: Authority, process: ProcessIdentity): Promise<Outcome> {
    const refusal = await this.#refusal(authority, process);
    if (refusal) return refusal;
    const outcome = await this.#backend.release(process);
    return outcome.kind === 'released' ? outcome : refusedBy(outcome);
  }

  async #change(
    authority: Authority,
    process: ProcessIdentity,
    changed: (before: Schedule) => Schedule,
    cpu?: number,
  ): Promise<Outcome> {
    const refusal = await this.#refusal(authority, process);
    if (refusal) return refusal;
    const task = await this.#task(process);
    if (task === undefined) return refused('not-scheduled', `process ${process.pid} has no schedule: admit it first`);
    const schedule = changed(task.schedule);
    return granted(schedule, await this.#backend.set(process, schedule, cpu));
  }

  /** Why a process is not one that this key may schedule. That there is one of somebody else is not told. */
  #notOwn({ users }: Authority, process: ProcessIdentity): Outcome | undefined {
    const { pid } = process;
    const seen = this.#processes.look(pid);
    if (seen === undefined || !users.has(seen.uid)) {
      return refused(
        'gone',
        `there is no process ${pid} that this key may schedule: look with \`virtuoso vsched find\``,
      );
    }
    if (!isSameProcess(seen.process, process)) {
      return refused('other-process', `process ${pid} is another one now: the one that is meant has ended; look again`);
    }
    return seen.isVital
      ? refused('unsupported', `the host cannot do without process ${pid}: leave it alone`)
      : undefined;
  }

  async #refusal(authority: Authority, process: ProcessIdentity): Promise<Outcome | undefined> {
    const notOwn = this.#notOwn(authority, process);
    if (notOwn) return notOwn;
    const vm = (await this.#task(process))?.vm;
    if (vm === undefined) return undefined;
    return refused(
      'of-a-vm',
      `process ${process.pid} is part of vm/${vm}, whose schedule documents state: change that`,
    );
  }

  async #task(process: ProcessIdentity): Promise<ScheduledTask | undefined> {
    return (await this.#backend.tasks()).find((task) => isSameProcess(task.process, process));
  }

  async #described({ users }: Authority, seen: readonly SeenProcess[]): Promise<FoundProcess[]> {
    const tasks = await this.#backend.tasks();
    return seen.flatMap(({ process, uid, name, command }) => {
      const user = users.get(uid);
      if (user === undefined) return [];
      const isScheduled = tasks.some((task) => isSameProcess(task.process, process));
      return [
        { process, user, name: printable(name, longestName), command: printable(command, longestCommand), isScheduled },
      ];
    });
  }
}

function granted({ periodUs, sliceUs }: Schedule, outcome: Grant | Refusal): Outcome {
  if (outcome.kind !== 'granted') return refusedBy(outcome);
  return { kind: 'granted', periodUs, sliceUs, ...(outcome.cpu === undefined ? {} : { cpu: outcome.cpu }) };
}

function taskOf(task: ScheduledTask, { name }: SeenProcess, user: string): VschedTask {
  const { process, schedule, cpu } = task;
  const { periodUs, sliceUs, mode, isPaused = false } = schedule;
  return {
    ...{ process, user, name: printable(name, longestName), periodUs, sliceUs, mode, isPaused },
    ...(cpu === undefined ? {} : { cpu }),
    ...accountWithTrouble(task),
  };
}
