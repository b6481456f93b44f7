import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import koffi from 'koffi';
import { compileNative } from '../../../agents/vnet/compile-native.js';
import { layout } from '../../../agents/vsched/area-layout.js';
import { compilerOptions, nativeFolder, pureSources } from '../../../agents/vsched/core-program.js';
import { packageRoot } from '../../../package-root.js';

/** A task in virtual time, in nanoseconds or any other unit. */
export interface VirtualTask {
  period: number;
  slice: number;
  phase: number;
  /** Of each period it wants the processor only in the first so many units; all if it is 0. */
  awake: number;
}

/** What came of it, of whole periods. */
export interface Delivered {
  periods: number;
  shorts: number;
  least: number;
  most: number;
  used: number;
}

/** A processor, in the same unit. Exact and without effort, but for what is said. */
export interface VirtualMachine {
  strict: boolean;
  cost?: number;
  latency?: number;
  tolerance?: number;
  leastRun?: number;
  mostLead?: number;
  leastWait?: number;
}

/** A period that ended, as edf.h has it; several if `count` is more than 1. */
export interface Ended {
  count?: number;
  due: number;
  used: number;
  offered: number;
  partial?: boolean;
}

export interface Account {
  periods: number;
  shorts: number;
  misses: number;
  used: number;
  over: number;
  /** Of each period that was added. */
  flags: number[];
}

const fields = 9;
const here = dirname(fileURLToPath(import.meta.url));

/** The sources that make no system calls, and a processor in virtual time, as a library. */
function compile(): string {
  return compileNative({
    output: join(packageRoot(), 'dist', 'native', 'test-vsched.so'),
    folder: nativeFolder(),
    sources: [...pureSources, relative(nativeFolder(), join(here, 'virtual-processor.c'))],
    options: [...compilerOptions(), `-I${nativeFolder()}`, '-shared', '-fPIC'],
    libraries: [],
    packages: ['clang'],
  });
}

/** What decides in the core, driven from here. */
export class PureCore {
  /** How often it decided in the last play. */
  lastSteps = 0;
  readonly #fits: (count: number, slicesUs: BigInt64Array, periodsUs: BigInt64Array, reservePpm: number) => boolean;
  readonly #account: (account: Buffer, ended: BigInt64Array) => number;
  readonly #phaseStep: (at: number, phase: number, period: number) => number;
  readonly #phaseIsNear: (a: number, b: number, period: number) => boolean;
  readonly #play: (
    tasks: BigInt64Array,
    count: number,
    until: number,
    strict: number,
    machine: BigInt64Array,
  ) => number;

  constructor() {
    const library = koffi.load(compile());
    this.#fits = library.func('bool admission_fits(int, void *, void *, uint32_t)');
    this.#account = library.func('uint16_t account_period(void *, void *)');
    this.#phaseStep = library.func('int64_t phase_step_ns(int64_t, int64_t, int64_t)');
    this.#phaseIsNear = library.func('bool phase_is_near(int64_t, int64_t, int64_t)');
    this.#play = library.func('int64_t virtual_play(void *, int, int64_t, int, void *)');
  }

  fits(tasks: readonly { period: number; slice: number }[], reservePpm: number): boolean {
    const slices = BigInt64Array.from(tasks, ({ slice }) => BigInt(slice));
    const periods = BigInt64Array.from(tasks, ({ period }) => BigInt(period));
    return this.#fits(tasks.length, slices, periods, reservePpm);
  }

  /** Where the next period begins after one that began at `at`, less the period. */
  phaseFollowed(at: number, phase: number, period: number): number {
    return at + Number(this.#phaseStep(at, phase, period));
  }

  phaseIsNear(a: number, b: number, period: number): boolean {
    return this.#phaseIsNear(a, b, period);
  }

  account(periods: readonly Ended[]): Account {
    const account = Buffer.alloc(layout.account.size);
    const flags = periods.map(({ count = 1, due, used, offered, partial = false }) => {
      const ended = BigInt64Array.from([0, count, 0, due, used, offered, Number(partial)].map(BigInt));
      return this.#account(account, ended);
    });
    const read = (at: number): number => Number(account.readBigUInt64LE(at));
    const at = layout.account;
    return {
      periods: read(at.periods),
      shorts: read(at.shorts),
      misses: read(at.misses),
      used: read(at.usedNs),
      over: read(at.overNs),
      flags,
    };
  }

  /** @throws if waiting tasks are not in the order of their deadlines. */
  play(tasks: readonly VirtualTask[], until: number, machine: VirtualMachine): Delivered[] {
    const memory = new BigInt64Array(tasks.length * fields);
    tasks.forEach(({ period, slice, phase, awake }, index) => {
      memory.set([period, slice, phase, awake].map(BigInt), index * fields);
    });
    const { cost = 0, latency = 0, tolerance = 0, leastRun = 0, mostLead = 0, leastWait = 0 } = machine;
    const numbers = BigInt64Array.from([cost, latency, tolerance, leastRun, mostLead, leastWait].map(BigInt));
    const steps = this.#play(memory, tasks.length, until, Number(machine.strict), numbers);
    if (steps < 0) throw new Error('waiting tasks are not in the order of their deadlines');
    this.lastSteps = steps;
    return tasks.map((_, index) => {
      const [periods = 0, shorts = 0, least = 0, most = 0, used = 0] = [...memory.slice(index * fields + 4)].map(
        Number,
      );
      return { periods, shorts, least, most, used };
    });
  }
}
