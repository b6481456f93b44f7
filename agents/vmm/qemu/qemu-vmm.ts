import { join } from 'node:path';
import type { Departure, Fault, GuestReport, GuestSpec, GuestUsage } from '../../../schema/generated/types.js';
import { deviceIndex } from '../../linux/device.js';
import type { NetworkNamespace } from '../../linux/namespace.js';
import type { ProcessIdentity } from '../../linux/process-identity.js';
import { readState, writeState } from '../../linux/state-file.js';
import type { Vmm } from '../../substrate.js';
import type { GuestPort } from '../../vnet/guest-ports.js';
import { processorTimeMs, runQueueWaitMs } from '../../vsched/processor-time.js';
import { portDevice } from '../netns-guest.js';
import { Machine } from './machine.js';
import { freeUser } from './machine-users.js';
import type { MachineRecord, MachineWorld } from './machine-world.js';

export interface QemuVmmOptions extends MachineWorld {
  host: string;
  /** Holds what machines are remembered, and a folder for each. */
  folder: string;
  /** Records of all hosts of this computer: users of their machines are in use, and none of them may run a second time. */
  allRecords(): { host: string; records: MachineRecord[] }[];
}

export const recordsPath = (folder: string): string => join(folder, 'machines.json');
export const readRecords = (folder: string): MachineRecord[] => readState<MachineRecord[]>(recordsPath(folder)) ?? [];

/** The ports of machines in the host's namespace: what the core takes up when an agent starts again. */
export function presentMachinePorts(namespace: NetworkNamespace, folder: string): GuestPort[] {
  return namespace.within(() =>
    readRecords(folder).flatMap(({ wanted: { name, network, mac } }) => {
      const device = deviceIndex(portDevice(name));
      return device === undefined ? [] : [{ guest: name, device, network, mac, peer: false }];
    }),
  );
}

/** Runs guests that are machines of their own, each in a QEMU process. They cannot leave their host alive. */
export class QemuVmm implements Vmm {
  readonly #options: QemuVmmOptions;
  readonly #machines = new Map<string, Machine>();

  private constructor(options: QemuVmmOptions) {
    this.#options = options;
  }

  /** Takes up the machines that an earlier agent left running. */
  static async open(options: QemuVmmOptions): Promise<QemuVmm> {
    const vmm = new QemuVmm(options);
    for (const record of readRecords(options.folder)) vmm.#add(record);
    await Promise.all([...vmm.#machines.values()].map((machine) => machine.adopt()));
    return vmm;
  }

  /** Brings removals to their end that an earlier agent has begun. */
  resume(): void {
    for (const machine of this.#machines.values()) machine.resume();
  }

  has(guest: string): boolean {
    return this.#machine(guest) !== undefined;
  }

  async converge(guests: GuestSpec[], departures: Departure[], removals: string[]): Promise<Fault[]> {
    const listed = new Set(guests.map(({ name }) => name));
    // What never started has nothing to lose, and may run elsewhere by now.
    for (const { name, wasStarted } of this.#machines.values())
      if (!wasStarted && !listed.has(name)) this.#machine(name)?.remove();
    for (const name of removals) this.#machine(name)?.remove();
    const provided = await Promise.all(guests.map((spec) => this.#provide(spec)));
    const stay = departures.flatMap(({ guest, to }) =>
      this.#machine(guest)
        ? [fault(guest, `${guest} cannot go to ${to}: machines of driver qemu stay on their host.`)]
        : [],
    );
    return [...provided.flat(), ...stay];
  }

  async current(): Promise<GuestReport[]> {
    return this.#present().map((machine) => machine.report());
  }

  /** What is wrong with machines now. */
  async troubles(): Promise<Fault[]> {
    return this.#present().flatMap((machine) => machine.faults());
  }

  async usage(): Promise<GuestUsage[]> {
    return this.#present().flatMap(({ name, process }) => {
      if (!process) return [];
      const waitMs = runQueueWaitMs([process.pid]);
      return { guest: name, cpuMs: processorTimeMs([process.pid]), ...(waitMs === undefined ? {} : { waitMs }) };
    });
  }

  async processes(): Promise<Map<string, ProcessIdentity[]>> {
    return new Map(this.#present().map(({ name, process }) => [name, process ? [process] : []]));
  }

  /** Looks after machines no more; they go on. */
  close(): void {
    for (const machine of this.#machines.values()) machine.close();
  }

  async #provide(spec: GuestSpec): Promise<Fault[]> {
    const { name, from } = spec;
    if (from !== undefined)
      return [fault(name, `${name} cannot come from ${from}: machines of driver qemu stay on their host.`)];
    const known = this.#machine(name);
    if (known?.record.isStopping)
      return [fault(name, `${name} is being removed: it is made anew after that.`), ...known.faults()];
    const all = this.#options.allRecords();
    const elsewhere = all.find(
      ({ host, records }) =>
        host !== this.#options.host && records.some((each) => each.wanted.name === name && each.started),
    );
    if (!known && elsewhere) return [fault(name, `${name} runs already on ${elsewhere.host}: remove it there first.`)];
    if (!known && !this.#options.vnet.network(spec.network))
      return [fault(name, `This host has not joined the network ${spec.network}: attach it in the same state.`)];
    const user = freeUser([...all.flatMap(({ records }) => records), ...this.#records()].map((each) => each.user));
    const machine = known ?? this.#add({ wanted: spec, user });
    if (!known) this.#save();
    return machine.provide(spec);
  }

  #add(record: MachineRecord): Machine {
    const { name } = record.wanted;
    const machine = new Machine(this.#options, join(this.#options.folder, 'machines', name), record, () =>
      this.#save(),
    );
    this.#machines.set(name, machine);
    return machine;
  }

  /** One that is not gone. */
  #machine(name: string): Machine | undefined {
    return this.#present().find((machine) => machine.name === name);
  }

  #present(): Machine[] {
    for (const [name, { isGone }] of this.#machines) if (isGone) this.#machines.delete(name);
    return [...this.#machines.values()];
  }

  #records(): MachineRecord[] {
    return this.#present().map(({ record }) => record);
  }

  #save(): void {
    writeState(recordsPath(this.#options.folder), this.#records());
  }
}

function fault(subject: string, message: string): Fault {
  return { kind: 'guest', subject, message };
}
