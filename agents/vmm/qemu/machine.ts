import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, GuestReport, GuestSpec } from '../../../schema/generated/types.js';
import { DetachedProcess } from '../../linux/detached-process.js';
import { identifyProcess, type ProcessIdentity } from '../../linux/process-identity.js';
import { Turns } from '../../turns.js';
import { portDevice } from '../netns-guest.js';
import { askToEnd } from './ask-to-end.js';
import { differences } from './differences.js';
import { machineCommand } from './machine-command.js';
import { isToContinue, stateTrouble } from './machine-conditions.js';
import { MachineControl } from './machine-control.js';
import { provideFiles } from './machine-files.js';
import { providePort, removePort } from './machine-port.js';
import type { MachineRecord, MachineWorld } from './machine-world.js';
import { removeFolder, systemMessage } from './remove-folder.js';

/** What can be wrong with a machine; at most one of each at a time. */
type Trouble = 'network' | 'start' | 'control' | 'state' | 'change' | 'cdrom' | 'shutdown' | 'removal' | 'schedule';

const pollMs = 20;

/** One machine: the process that runs it, its files, its port. The process outlives the agent, and a later one takes it up. */
export class Machine {
  readonly name: string;
  readonly record: MachineRecord;
  readonly #folder: string;
  readonly #world: MachineWorld;
  readonly #process: DetachedProcess;
  readonly #control: MachineControl;
  readonly #turns = new Turns();
  readonly #troubles = new Map<Trouble, string>();
  readonly #save: () => void;
  #look: NodeJS.Timeout | undefined;
  #lastStartMs = Number.NEGATIVE_INFINITY;
  #isUp = false;
  #isGone = false;
  #isClosed = false;

  /** @param save notes down what has changed in `record` */
  constructor(world: MachineWorld, folder: string, record: MachineRecord, save: () => void) {
    this.#world = world;
    this.#folder = folder;
    this.record = record;
    this.name = record.wanted.name;
    this.#save = save;
    const { namespace, random } = world;
    const within: typeof namespace.within = (task) => namespace.within(task);
    this.#process = new DetachedProcess({ path: join(folder, 'qemu'), within, random, restarts: 'by-owner' });
    this.#control = new MachineControl(folder, world.times.answerMs);
  }

  /** Takes up what an earlier agent has left: a process that runs goes on as it is. */
  async adopt(): Promise<void> {
    await this.#process.adopt();
    if (this.#process.pid !== undefined) this.#watch();
  }

  /** Brings a removal to its end that an earlier agent has begun. */
  resume(): void {
    if (this.record.isStopping) this.#shutDown();
  }

  /** Has it run as `spec` says. What cannot change while it runs is taken over when it starts the next time, and told until then. */
  provide(spec: GuestSpec): Promise<Fault[]> {
    return this.#turns.take(async () => {
      if (this.record.isStopping) return this.faults();
      if (JSON.stringify(this.record.wanted) !== JSON.stringify(spec)) {
        this.record.wanted = spec;
        this.#save();
      }
      await this.#attend();
      this.#watch();
      return this.faults();
    });
  }

  /** Asks it to shut down, and removes it with its disks once it has, or has not in time. Does not wait for that. */
  remove(): void {
    if (this.record.isStopping) return;
    this.record.isStopping = true;
    this.#save();
    this.#shutDown();
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Whether there is anything of it but the wish. */
  get wasStarted(): boolean {
    return this.record.started !== undefined;
  }

  get process(): ProcessIdentity | undefined {
    const { pid } = this.#process;
    return pid === undefined ? undefined : identifyProcess(pid);
  }

  /** Folder of its sockets: `sockets` says which there are. */
  get folder(): string {
    return this.#folder;
  }

  report(): GuestReport {
    const { started, wanted, isStopping } = this.record;
    if (isStopping) return { guest: started ?? wanted, phase: 'stopping' };
    if (!started) return { guest: wanted, phase: 'failed' };
    return { guest: started, phase: this.#process.pid !== undefined && this.#isUp ? 'running' : 'starting' };
  }

  faults(): Fault[] {
    return [...this.#troubles].map(([, message]) => ({ kind: 'guest', subject: this.name, message }));
  }

  /** Looks after it no more; it goes on. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#look);
    this.#control.close();
    this.#process.close();
  }

  #watch(): void {
    this.#look ??= setInterval(() => {
      void this.#turns.take(async () => {
        if (!this.#isClosed && !this.record.isStopping) await this.#attend();
      });
    }, this.#world.times.lookMs).unref();
  }

  /** Brings it nearer to what was asked for, and notes what is in the way. */
  async #attend(): Promise<void> {
    const network = this.#world.vnet.network(this.record.wanted.network);
    this.#note(
      'network',
      network
        ? undefined
        : `This host has not joined the network ${this.record.wanted.network}: attach it in the same state.`,
    );
    if (!network || !this.#plug()) return;
    if (this.#process.pid === undefined) await this.#tryStart(network.mtu);
    if (this.#process.pid === undefined) return;
    await this.#checkState();
    await this.#changeMedium();
    this.#compare();
  }

  #plug(): boolean {
    const { name, network, mac } = this.record.wanted;
    const port = providePort(this.#world.namespace, name);
    if (port.kind === 'failed') return this.#note('network', port.message);
    const [fault] = this.#world.vnet.attach({ guest: name, device: port.device, network, mac, peer: false });
    return this.#note('network', fault?.message);
  }

  /** What the system refuses is told like all else: a full file system, one that is read only. */
  async #tryStart(mtu: number): Promise<void> {
    try {
      await this.#start(mtu);
    } catch (error) {
      this.#note('start', `${this.name} cannot start: ${systemMessage(error)}.`);
    }
  }

  async #start(mtu: number): Promise<void> {
    this.#isUp = false;
    this.#control.close();
    const sinceMs = performance.now() - this.#lastStartMs;
    if (sinceMs < this.#world.times.lookMs) return;
    const { wanted, user } = this.record;
    const { machine } = wanted;
    if (!machine) {
      this.#note('start', 'it has the driver qemu, and nothing says which machine it is: state `machine`');
      return;
    }
    const { images, accelerator } = this.#world;
    const files = await provideFiles(wanted, machine, { folder: this.#folder, images, user, mtu });
    if (files.kind === 'refused') {
      this.#note('start', `${this.name} cannot start: ${files.message}.`);
      return;
    }
    const plan = { spec: wanted, machine, accelerator, user, port: portDevice(this.name), mtu, ...files.value };
    this.#lastStartMs = performance.now();
    await this.#process.keep({ ...machineCommand(plan), cwd: this.#folder, umask: 0o077 });
    if (await this.#isAnswering()) {
      this.record.started = wanted;
      this.#save();
      this.#note('start', undefined);
    } else if (this.#process.pid === undefined) this.#note('start', this.#whyEnded());
  }

  /** Waits until QEMU answers, or has ended, or takes too long. */
  async #isAnswering(): Promise<boolean> {
    const endMs = performance.now() + this.#world.times.startMs;
    while (performance.now() < endMs && !this.#isClosed) {
      if (this.#process.pid === undefined) return false;
      if ((await this.#control.command('query-status')).kind === 'answer') return true;
      await sleep(pollMs);
    }
    return false;
  }

  #whyEnded(): string {
    const said = this.#process
      .lastLines()
      .at(-1)
      ?.replace(/^\S+ qemu-system-x86_64: /, '');
    return `${this.name} cannot start: QEMU ${this.#process.lastEnd ?? 'has ended'}${said === undefined ? '' : `, and said: ${said}`}.`;
  }

  async #checkState(): Promise<void> {
    const status = await this.#control.command('query-status');
    const { pid } = this.#process;
    if (status.kind !== 'answer') {
      const remedy = `If it does not recover, end the process ${pid} with SIGKILL: it is started again`;
      this.#note('control', `${this.name} runs, but QEMU cannot be spoken to: ${status.message}. ${remedy}.`);
      return;
    }
    this.#isUp = true;
    this.#note('control', undefined);
    this.#note('start', undefined);
    const trouble = stateTrouble(status.value.status);
    this.#note('state', trouble && `${this.name}: ${trouble}.`);
    if (isToContinue(status.value.status)) await this.#control.command('cont');
  }

  async #changeMedium(): Promise<void> {
    const { wanted, started } = this.record;
    if (!started?.machine || !wanted.machine) return;
    const [before, now] = [started.machine.cdrom, wanted.machine.cdrom];
    if (before?.file === now?.file && before?.digest === now?.digest) {
      this.#note('cdrom', undefined);
      return;
    }
    const found = now && (await this.#world.images.find(now));
    const answer = found?.kind === 'refused' ? found : await this.#control.insert(found?.path);
    if (answer.kind !== 'answer') {
      const access =
        answer.kind === 'refused' && found?.kind === 'verified' ? ': everybody must be able to read it' : '';
      this.#note('cdrom', `The CD of ${this.name} cannot be changed: ${answer.message}${access}.`);
      return;
    }
    const { cdrom: _, ...machine } = started.machine;
    this.record.started = { ...started, machine: { ...machine, ...(now ? { cdrom: now } : {}) } };
    this.#save();
    this.#note('cdrom', undefined);
  }

  /** What runs is not always what was asked for. */
  #compare(): void {
    const { wanted, started } = this.record;
    if (!started) return;
    const different = differences(wanted, started);
    const change = `${this.name} runs with another ${different.join(', ')} than is asked for: shut it down from inside, and it starts with that.`;
    this.#note('change', different.length > 0 ? change : undefined);
    // Compute is a promise that the machine itself does not know of.
    if (different.length > 0 || started.computeCores === wanted.computeCores) return;
    this.record.started = { ...started, computeCores: wanted.computeCores };
    this.#save();
  }

  #shutDown(): void {
    void this.#turns.take(async () => {
      this.#troubles.clear();
      const held = await this.#world.letGo(this.name);
      this.#note('schedule', held[0]?.message);
      const { shutdownMs } = this.#world.times;
      await askToEnd({
        control: this.#control,
        shutdownMs,
        isAwaited: () => this.#process.pid !== undefined && !this.#isClosed,
        onDelay: (seconds) => {
          const still = `${this.name} was asked ${seconds} s ago to shut down and has not`;
          this.#note('shutdown', `${still}: it is ended ${shutdownMs / 1000} s after it was asked.`);
        },
      });
      if (this.#isClosed) return;
      await this.#process.end();
      this.#control.close();
      while (!this.#isClosed && !this.#takeAway()) await sleep(this.#world.times.lookMs);
    });
  }

  /** Whether nothing of it is left. */
  #takeAway(): boolean {
    const [fault] = this.#world.vnet.detach(this.name);
    const failed = fault?.message ?? removePort(this.#world.namespace, this.name) ?? removeFolder(this.#folder);
    const left = `${this.name} has ended, but not all of it can be removed: ${failed}. It is tried again.`;
    if (!this.#note('removal', failed && left)) return false;
    clearInterval(this.#look);
    this.#isGone = true;
    this.#save();
    return true;
  }

  /** Whether nothing is wrong. */
  #note(trouble: Trouble, message: string | undefined): boolean {
    if (message === undefined) this.#troubles.delete(trouble);
    else this.#troubles.set(trouble, message);
    return message === undefined;
  }
}
