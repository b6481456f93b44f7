import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { statFields } from '../../../agents/linux/processes.js';
import { compileNative } from '../../../agents/vnet/compile-native.js';
import { answers, encodeWish, layout, type Wish } from '../../../agents/vsched/area-layout.js';
import { compilerOptions, coreProgram } from '../../../agents/vsched/core-program.js';
import { packageRoot } from '../../../package-root.js';

/** The last one: the first has most of what a machine does beside. */
export const cpu = cpus().length - 1;

const patienceMs = 10_000;
/** VSCHED_PARTIAL. */
const partial = 4;

export const hogProgram = (): string =>
  compileNative({
    output: join(packageRoot(), 'dist', 'native', 'test-hog'),
    folder: join(packageRoot(), 'test', 'agents', 'vsched'),
    sources: ['hog.c'],
    options: compilerOptions(),
    libraries: ['-lpthread'],
    packages: ['clang'],
  });

/** How a process is scheduled, of all its threads. */
export interface Scheduling {
  states: string[];
  policies: number[];
  processors: string;
}

export function schedulingOf(pid: number): Scheduling {
  const threads = spawnSync('ls', [`/proc/${pid}/task`], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n');
  const stats = threads.map((tid) => statFields(readFileSync(`/proc/${pid}/task/${tid}/stat`, 'latin1')));
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return {
    states: stats.map((fields) => fields[0] ?? ''),
    policies: stats.map((fields) => Number(fields[38])),
    processors: /^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1] ?? '',
  };
}

/** Nanoseconds of processor time that all threads of a process have used. */
export function usedNs(pid: number): number {
  const threads = spawnSync('ls', [`/proc/${pid}/task`], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n');
  const times = threads.map((tid) => readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'latin1').split(' ')[0]);
  return times.reduce((sum, time) => sum + Number(time), 0);
}

/** A core with hogs, which are ordinary processes at first. */
export class CoreStage {
  readonly folder = mkdtempSync('/dev/shm/virtuoso-vsched-');
  readonly areaPath = join(this.folder, 'area');
  readonly hogs: ChildProcess[] = [];
  stderr = '';
  core: ChildProcess | undefined;
  #area = -1;
  #sequence = 0;
  #bellPath: string | undefined;

  async start(): Promise<void> {
    await this.#start('pipe');
  }

  /** Another process holds the pipe that the core listens to. */
  async startUnderAgent(): Promise<ChildProcess> {
    const path = join(this.folder, 'bell');
    spawnSync('mkfifo', [path]);
    const both = openSync(path, 'r+'); // one end alone would wait for the other
    const [reading, writing] = [openSync(path, 'r'), openSync(path, 'w')];
    const agent = spawn('sleep', ['1000'], { stdio: ['ignore', writing, 'ignore'] });
    for (const end of [both, writing]) closeSync(end);
    this.#bellPath = path;
    await this.#start(reading);
    closeSync(reading);
    return agent;
  }

  async hog(threads = 1, delayMs = 0): Promise<number> {
    const hog = spawn(hogProgram(), [String(threads), String(delayMs)], { stdio: 'ignore' });
    this.hogs.push(hog);
    await once(hog, 'spawn');
    return hog.pid ?? 0;
  }

  read(part: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    readSync(this.#area, bytes, 0, length, part);
    return bytes;
  }

  get pids(): { core: number; watch: number } {
    const head = this.read(0, layout.head.size);
    return { core: head.readInt32LE(layout.head.corePid), watch: head.readInt32LE(layout.head.watchPid) };
  }

  /** Says what is wanted, and waits until it is answered. */
  async want(...wishes: Wish[]): Promise<string[]> {
    const sequence = Buffer.alloc(4);
    sequence.writeUInt32LE(this.#sequence + 1);
    writeSync(this.#area, sequence, 0, 4, layout.area.wanted);
    const none: Wish = { pid: 0, periodUs: 0, sliceUs: 0 };
    const all = Array.from({ length: 64 }, (_, index) => encodeWish(wishes[index] ?? none));
    const bytes = Buffer.concat(all);
    writeSync(this.#area, bytes, 0, bytes.length, layout.area.wanted + layout.wanted.wishes);
    this.#sequence += 2;
    sequence.writeUInt32LE(this.#sequence);
    writeSync(this.#area, sequence, 0, 4, layout.area.wanted);
    this.#ring();
    await this.until(() => this.#applied() === this.#sequence, 'the wishes are answered');
    return wishes.map((_, index) => this.answer(index));
  }

  answer(task: number): string {
    const at = layout.area.answers + task * layout.answer.size;
    return answers[this.read(at, layout.answer.size).readUInt32LE(layout.answer.answer)] ?? '';
  }

  account(task: number): { periods: number; shorts: number; usedNs: number } {
    const bytes = this.read(layout.area.accounts + task * layout.account.size, layout.account.size);
    const number = (at: number) => Number(bytes.readBigUInt64LE(at));
    const { periods, shorts, usedNs } = layout.account;
    return { periods: number(periods), shorts: number(shorts), usedNs: number(usedNs) };
  }

  /** When whole periods of a task began, in nanoseconds of the monotonic clock. */
  starts(task: number): bigint[] {
    const core = this.read(layout.area.core, layout.core.size);
    const ended = Number(core.readBigUInt64LE(layout.core.periodsEnded));
    const records = Array.from({ length: ended }, (_, index) =>
      this.read(layout.area.periods + index * layout.period.size, layout.period.size),
    );
    const { task: taskAt, flags, startNs } = layout.period;
    const whole = records.filter(
      (record) => record.readUInt16LE(taskAt) === task && (record.readUInt16LE(flags) & partial) === 0,
    );
    return whole.map((record) => record.readBigUInt64LE(startNs));
  }

  /** @throws if it does not become true in a time that is long for any machine. Gives how long it took, in milliseconds. */
  async until(isTrue: () => boolean, what: string): Promise<number> {
    const startMs = performance.now();
    while (!isTrue()) {
      if (performance.now() - startMs > patienceMs)
        throw new Error(`${what}: not within ${patienceMs} ms. ${this.stderr}`);
      await sleep(1);
    }
    return performance.now() - startMs;
  }

  /** Until all hogs run, as ordinary processes, on all processors; in milliseconds. */
  untilOrdinary(): Promise<number> {
    return this.until(() => this.hogs.every(({ pid }) => isOrdinary(pid ?? 0)), 'hogs are ordinary');
  }

  async end(): Promise<void> {
    const { core } = this;
    if (core !== undefined && core.exitCode === null && core.signalCode === null) {
      const exit = once(core, 'exit');
      core.stdin?.end();
      await exit;
    }
    for (const hog of this.hogs) hog.kill('SIGKILL');
    if (this.#area >= 0) closeSync(this.#area);
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #start(stdin: 'pipe' | number): Promise<void> {
    const args = ['run', '--cpu', String(cpu), '--reserve-ppm', '50000', '--area', this.areaPath];
    const core = spawn(coreProgram(), args, { stdio: [stdin, 'pipe', 'pipe'] });
    core.stderr?.on('data', (text: Buffer) => {
      this.stderr += text.toString();
    });
    core.stdin?.on('error', () => undefined); // it may have been killed
    this.core = core;
    await Promise.race([once(core.stdout ?? core, 'data'), once(core, 'exit')]);
    if (this.stderr !== '') throw new Error(this.stderr);
    if (this.#area >= 0) closeSync(this.#area);
    this.#area = openSync(this.areaPath, 'r+');
    this.#sequence = 0;
  }

  #ring(): void {
    if (this.#bellPath === undefined) this.core?.stdin?.write('.');
    else writeFileSync(this.#bellPath, '.');
  }

  #applied(): number {
    return this.read(layout.area.core, layout.core.size).readUInt32LE(layout.core.applied);
  }
}

const everywhere = readFileSync('/proc/self/status', 'latin1').match(/^Cpus_allowed_list:\s*(.*)$/m)?.[1];

export function isOrdinary(pid: number): boolean {
  const { states, policies, processors } = schedulingOf(pid);
  return (
    states.every((state) => state !== 'T') && policies.every((policy) => policy === 0) && processors === everywhere
  );
}
