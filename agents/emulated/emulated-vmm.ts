import type { Departure, Fault, GuestReport, GuestSpec, GuestUsage } from '../../schema/generated/types.js';
import type { Vmm } from '../substrate.js';
import type { EmulatedHost } from './emulated-host.js';
import type { Emulation } from './emulation.js';
import { fault } from './fault.js';

/** Runs guests on one emulated host. A guest is on one host at every instant: it changes hosts in one step. */
export class EmulatedVmm implements Vmm {
  readonly #emulation: Emulation;
  readonly #host: EmulatedHost;

  constructor(emulation: Emulation, host: EmulatedHost) {
    this.#emulation = emulation;
    this.#host = host;
  }

  async converge(guests: GuestSpec[], departures: Departure[], removals: string[]): Promise<Fault[]> {
    this.#emulation.now();
    this.#withdraw(guests, departures);
    for (const guest of removals) if (this.#host.guests.has(guest)) this.#emulation.stop(this.#host, guest);
    return [
      ...guests.flatMap((guest) => this.#have(guest) ?? []),
      ...departures.flatMap((departure) => this.#send(departure) ?? []),
    ];
  }

  async current(): Promise<GuestReport[]> {
    this.#emulation.now();
    const here = [...this.#host.guests.values()].map(({ spec: guest }): GuestReport => {
      return { guest, phase: this.#emulation.migrations.of(guest.name) ? 'departing' : 'running' };
    });
    const awaited = [...this.#host.awaited.values()].map((guest): GuestReport => ({ guest, phase: 'awaited' }));
    return [...here, ...awaited].sort((a, b) => (a.guest.name < b.guest.name ? -1 : 1));
  }

  async usage(): Promise<GuestUsage[]> {
    this.#host.settleCompute(this.#emulation.now());
    const used = [...this.#host.guests].map(([guest, { cpuMs, waitMs }]) => ({ guest, cpuMs, waitMs }));
    return used.sort((a, b) => (a.guest < b.guest ? -1 : 1));
  }

  /** What is no longer wanted ends before it happens: guests that shall not come, or not go where they are going. */
  #withdraw(guests: GuestSpec[], departures: Departure[]): void {
    const { migrations } = this.#emulation;
    const origins = new Map(guests.map(({ name, from }) => [name, from]));
    for (const [name, { from }] of [...this.#host.awaited]) {
      if (origins.get(name) === from) continue;
      this.#host.awaited.delete(name);
      if (migrations.of(name)?.to === this.#host) migrations.end(name);
    }
    for (const { guest, to } of migrations.from(this.#host))
      if (!departures.some((each) => each.guest === guest && each.to === to.name)) migrations.end(guest);
  }

  #have(wanted: GuestSpec): Fault | undefined {
    const { from, ...spec } = wanted;
    const { name, network } = spec;
    const running = this.#host.guests.get(name)?.spec;
    const place = this.#emulation.overlay.places.get(name);
    if (!this.#host.networks.has(network))
      return fault('guest', name, `${name} is on network ${network}, which ${this.#host.name} has not joined.`);
    if (running && (running.network !== network || running.mac !== spec.mac || running.driver !== spec.driver))
      return fault('guest', name, `${name} runs with another network, address or driver: remove it, then start it.`);
    const twin = [...this.#host.guests.values()].find((each) => isTwin(each.spec, spec))?.spec.name;
    if (twin !== undefined)
      return fault('guest', name, `The address ${spec.mac} of ${name} is that of ${twin} on this host.`);
    if (running && JSON.stringify(running) === JSON.stringify(spec)) return undefined;
    if (running) this.#emulation.run(this.#host, spec);
    else if (from !== undefined) this.#host.awaited.set(name, wanted);
    else if (place)
      return fault('guest', name, `${name} runs on ${place.name}: stop it there, or migrate it to ${this.#host.name}.`);
    else this.#emulation.run(this.#host, spec);
    return undefined;
  }

  #send({ guest: name, to }: Departure): Fault | undefined {
    const guest = this.#host.guests.get(name)?.spec;
    if (!guest || this.#emulation.migrations.of(name)) return undefined;
    const stays = (why: string) => fault('guest', name, `${name} stays on ${this.#host.name}: ${why}.`);
    const { overlay } = this.#emulation;
    const there = overlay.find(to);
    if (!there || there === this.#host) return stays(`${to} is not another host of the inventory`);
    if (!overlay.edge(this.#host, there)) return stays(`no underlay network leads from it to ${to}`);
    const awaited = there.awaited.get(name);
    if (awaited?.from !== this.#host.name)
      return stays(`${to} does not await it; converge ${to} first, with the guest from ${this.#host.name}`);
    if (awaited.mac !== guest.mac || awaited.network !== guest.network)
      return stays(`${to} awaits it with another address or network`);
    this.#emulation.migrate(this.#host, there, guest);
    return undefined;
  }
}

/** Whether another guest has the address of one on its network. */
const isTwin = (a: GuestSpec, b: GuestSpec): boolean => a.name !== b.name && a.mac === b.mac && a.network === b.network;
