import { setTimeout as sleep } from 'node:timers/promises';
import type { Departure, Fault, GuestReport, GuestSpec, GuestUsage } from '../../schema/generated/types.js';
import { deviceIndex } from '../linux/device.js';
import { type NetworkNamespace, namespacePath } from '../linux/namespace.js';
import { identifyProcess, type ProcessIdentity } from '../linux/process-identity.js';
import { processesByNamespace } from '../linux/processes.js';
import { readState, writeState } from '../linux/state-file.js';
import type { Vmm } from '../substrate.js';
import type { GuestPort, GuestPorts } from '../vnet/guest-ports.js';
import { processorTimeMs, runQueueWaitMs } from '../vsched/processor-time.js';
import { configureGuest, movePort, type NetnsGuest, portDevice, provideGuest, removeGuest } from './netns-guest.js';

/** How long a departure waits for the new host to await the guest before it is a fault. */
const announcementMs = 500;

export interface NetnsVmmOptions {
  host: string;
  namespace: NetworkNamespace;
  vnet: GuestPorts;
  /** Namespace of another host of this machine; undefined if there is none of that name. */
  hostNamespacePath(host: string): string | undefined;
  /** Where a host of this machine keeps which guests it has and awaits. */
  guestsPath(host: string): string;
  /** Name of a guest's namespace. */
  guestNamespace(guest: string): string;
  /** Makes the processes of a guest ordinary ones that is about to leave or to end. Left out: they are. */
  letGo?: ((guest: string) => Promise<Fault[]>) | undefined;
}

/** Guests that `host` has (without `from`) and awaits (with `from`), as its agent has last written them. */
const readGuests = (path: string): GuestSpec[] => readState<GuestSpec[]>(path) ?? [];

/** The guests in memory whose ports are in the host's namespace: what the core takes up when an agent starts again. */
export function presentPorts(namespace: NetworkNamespace, guestsPath: string): GuestPort[] {
  return namespace.within(() =>
    readGuests(guestsPath).flatMap(({ name, network, mac }) => {
      const device = deviceIndex(portDevice(name));
      return device === undefined ? [] : [{ guest: name, device, network, mac, peer: true }];
    }),
  );
}

/** Runs guests that are network namespaces. They move between hosts of one machine with their processes and connections. */
export class NetnsVmm implements Vmm {
  readonly #options: NetnsVmmOptions;
  readonly #guests: Map<string, GuestSpec>;
  /** What was last configured, so that being told the same again costs nothing. */
  readonly #configured = new Map<string, string>();

  constructor(options: NetnsVmmOptions) {
    this.#options = options;
    const guests = readGuests(options.guestsPath(options.host));
    // An agent that died after a guest had left, and before it had noted so, still has it in memory.
    this.#guests = new Map(
      guests
        .filter(({ name, from }) => from !== undefined || this.#device(name) !== undefined)
        .map((spec) => [spec.name, spec]),
    );
  }

  async converge(guests: GuestSpec[], departures: Departure[], removals: string[]): Promise<Fault[]> {
    const faults: Fault[] = [];
    const listed = new Set(guests.map(({ name }) => name));
    for (const [name, spec] of this.#guests) {
      if (spec.from !== undefined && !listed.has(name)) this.#guests.delete(name);
    }
    for (const spec of guests) faults.push(...this.#provide(spec));
    this.#save();
    for (const departure of departures) faults.push(...(await this.#depart(departure)));
    for (const name of removals) faults.push(...(await this.#remove(name)));
    return faults;
  }

  async current(): Promise<GuestReport[]> {
    for (const spec of this.#guests.values()) {
      if (spec.from !== undefined && this.#device(spec.name) !== undefined) this.#provide(spec);
    }
    this.#save();
    return [...this.#guests.values()].map((guest) => ({ guest, phase: this.#phase(guest) }));
  }

  async usage(): Promise<GuestUsage[]> {
    return [...this.#pids()].map(([guest, pids]) => {
      const waitMs = runQueueWaitMs(pids);
      return { guest, cpuMs: processorTimeMs(pids), ...(waitMs === undefined ? {} : { waitMs }) };
    });
  }

  async processes(): Promise<Map<string, ProcessIdentity[]>> {
    const found = [...this.#pids()].map(([guest, pids]) => {
      const identities = pids.flatMap((pid) => (pid === process.pid ? [] : (identifyProcess(pid) ?? [])));
      return [guest, identities.sort((a, b) => a.startTicks - b.startTicks)] as const;
    });
    return new Map(found);
  }

  /** Of each guest that is here, in its namespace. */
  #pids(): Map<string, number[]> {
    const present = [...this.#guests.keys()].filter((name) => this.#device(name) !== undefined);
    const path = (guest: string): string => namespacePath(this.#options.guestNamespace(guest));
    const processes = processesByNamespace(present.map(path));
    return new Map(present.map((guest) => [guest, processes.get(path(guest)) ?? []]));
  }

  #phase(spec: GuestSpec): GuestReport['phase'] {
    const here = this.#device(spec.name) !== undefined;
    // A port that is here and still awaited could not be set up.
    if (spec.from !== undefined) return here ? 'failed' : 'awaited';
    return here ? 'running' : 'failed';
  }

  /** Index of the guest's port in this host's namespace: the guest is where its port is. */
  #device(guest: string): number | undefined {
    return this.#options.namespace.within(() => deviceIndex(portDevice(guest)));
  }

  #provide(spec: GuestSpec): Fault[] {
    const { vnet } = this.#options;
    const network = vnet.network(spec.network);
    if (!network) {
      return [fault(spec.name, `This host has not joined the network ${spec.network}: attach it in the same state.`)];
    }
    const { from, ...settled } = spec;
    if (from !== undefined && this.#device(spec.name) === undefined) {
      this.#guests.set(spec.name, spec);
      return [];
    }
    const failed = this.#shape(settled, network.mtu);
    if (failed) return [fault(spec.name, failed)];
    const device = this.#device(spec.name);
    if (device === undefined) return [fault(spec.name, 'Its port vanished while it was set up: it is tried again.')];
    const faults = vnet.attach({ guest: spec.name, device, network: spec.network, mac: spec.mac, peer: true });
    if (faults.length === 0) this.#guests.set(spec.name, settled);
    return faults;
  }

  /** Makes the guest and its port as the spec says; what went wrong comes back. */
  #shape(spec: GuestSpec, mtu: number): string | undefined {
    const { namespace, guestNamespace } = this.#options;
    const guest: NetnsGuest = { spec, namespace: guestNamespace(spec.name), mtu };
    const device = this.#device(spec.name);
    const shape = JSON.stringify([spec, mtu, device]);
    if (device !== undefined && this.#configured.get(spec.name) === shape) return undefined;
    const failed = device === undefined ? provideGuest(namespace, guest) : configureGuest(namespace, guest);
    if (failed) return failed.message;
    this.#configured.set(spec.name, JSON.stringify([spec, mtu, this.#device(spec.name)]));
    return undefined;
  }

  async #depart({ guest, to }: Departure): Promise<Fault[]> {
    const { hostNamespacePath, namespace } = this.#options;
    if (this.#device(guest) === undefined) return this.#forget(guest);
    const path = hostNamespacePath(to);
    if (path === undefined) {
      return [
        fault(guest, `${to} is not a host of this machine, and a network namespace cannot leave it: keep it here.`),
      ];
    }
    if (!(await this.#isAwaited(guest, to))) {
      return [fault(guest, `${to} does not await it yet: it stays here and is tried again.`)];
    }
    const held = await this.#options.letGo?.(guest);
    if (held?.length) return held;
    const failed = movePort(namespace, guest, path);
    return failed ? [fault(guest, failed.message)] : this.#forget(guest);
  }

  async #isAwaited(guest: string, by: string): Promise<boolean> {
    const { host, guestsPath } = this.#options;
    for (let waitedMs = 0; ; waitedMs += 20) {
      if (readGuests(guestsPath(by)).some((spec) => spec.name === guest && spec.from === host)) return true;
      if (waitedMs >= announcementMs) return false;
      await sleep(20);
    }
  }

  async #remove(guest: string): Promise<Fault[]> {
    const { namespace, guestNamespace } = this.#options;
    if (this.#device(guest) === undefined) return this.#forget(guest);
    // A process that is stopped between its slices would not hear that it is to end.
    const held = (await this.#options.letGo?.(guest)) ?? [];
    const failed = await removeGuest(namespace, guest, guestNamespace(guest));
    return failed ? [...held, fault(guest, failed.message)] : [...held, ...this.#forget(guest)];
  }

  #forget(guest: string): Fault[] {
    this.#guests.delete(guest);
    this.#configured.delete(guest);
    this.#save();
    return this.#options.vnet.detach(guest);
  }

  #save(): void {
    const { host, guestsPath } = this.#options;
    const guests = [...this.#guests.values()];
    const path = guestsPath(host);
    if (JSON.stringify(readGuests(path)) !== JSON.stringify(guests)) writeState(path, guests);
  }
}

function fault(subject: string, message: string): Fault {
  return { kind: 'guest', subject, message };
}
