import type { Problem } from '../../model/problem.js';
import { migrationSeconds } from '../migration.js';
import type { Graph } from './graph.js';

/** VMs that leave the host they run on, what that takes, and by how much it is more than allowed. */
export class Migrations {
  count = 0;
  seconds = 0;
  mib = 0;
  /** Migrations that take longer than the VM allows. */
  tooLong = 0;
  readonly #problem: Problem;
  readonly #hosts: number;
  /** By `from * hosts + to`, in Mb/s; null where no VM says what has to be carried. */
  readonly #widths: Float64Array | null;

  constructor(graph: Graph, widths: () => Float64Array) {
    this.#problem = graph.problem;
    this.#hosts = graph.hosts;
    const isCarried = graph.problem.vms.some(({ current, migration }) => migration !== undefined && current !== null);
    this.#widths = isCarried ? widths() : null;
  }

  /** What it takes to bring a VM to a host from where it runs. */
  secondsTo(vm: number, host: number): number {
    const current = this.#problem.vms[vm]?.current ?? host;
    if (this.#widths === null || current === host || host < 0) return 0;
    return migrationSeconds(this.#problem, vm, this.#widths[current * this.#hosts + host] as number);
  }

  change(vm: number, host: number, sign: 1 | -1): void {
    const { current, migration } = this.#problem.vms[vm] as Problem['vms'][number];
    if (current === null || current === host) return;
    this.count += sign;
    if (migration === undefined) return;
    const seconds = this.secondsTo(vm, host);
    if (seconds > (migration.maxSeconds ?? mostSeconds)) this.tooLong += sign;
    this.seconds += sign * Math.min(seconds, mostSeconds);
    this.mib += sign * migration.stateMib;
  }

  /** Beyond what is allowed at all: in migrations, or as a share of the seconds or MiB allowed. */
  excess(): number {
    const { moves, seconds, mib } = this.#problem.migrationBudget ?? {};
    return (
      this.tooLong +
      beyond(this.count, moves ?? Number.POSITIVE_INFINITY) +
      share(this.seconds, seconds) +
      share(this.mib, mib)
    );
  }

  /** Beyond what is allowed unless VMs have to leave. */
  beyondWish(): number {
    return beyond(this.count, this.#problem.maxMigrations ?? Number.POSITIVE_INFINITY);
  }
}

/** About 300 years: longer than anything that ends, and still a number to add and take off. */
export const mostSeconds = 1e10;
const tolerance = 1e-6;

function beyond(value: number, limit: number): number {
  return Math.max(0, value - limit);
}

function share(value: number, limit: number | undefined): number {
  if (limit === undefined || value <= limit + tolerance) return 0;
  return (value - limit) / Math.max(1, limit);
}
