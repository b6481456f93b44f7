import type { Departure, Fault, GuestReport, GuestSpec, GuestUsage } from '../../schema/generated/types.js';
import type { ProcessIdentity } from '../linux/process-identity.js';
import type { Vmm } from '../substrate.js';
import type { NetnsVmm } from './netns-vmm.js';
import type { QemuVmm } from './qemu/qemu-vmm.js';

/** Runs the guests of a host, each by its driver. Without `qemu`, none can be a machine. */
export class HostVmm implements Vmm {
  readonly #netns: NetnsVmm;
  readonly #qemu: QemuVmm | undefined;

  constructor(netns: NetnsVmm, qemu: QemuVmm | undefined) {
    this.#netns = netns;
    this.#qemu = qemu;
  }

  async converge(guests: GuestSpec[], departures: Departure[], removals: string[]): Promise<Fault[]> {
    const present = (await this.current()).map(({ guest }) => guest);
    const refused = guests.flatMap((spec) => this.#whyNot(spec, present) ?? []);
    const possible = guests.filter(({ name }) => !refused.some(({ subject }) => subject === name));
    const of = (driver: GuestSpec['driver']) => possible.filter((spec) => spec.driver === driver);
    const isMachine = (guest: string): boolean => this.#qemu?.has(guest) === true;
    const machineDepartures = departures.filter(({ guest }) => isMachine(guest));
    const machineRemovals = removals.filter(isMachine);
    return [
      ...refused,
      ...((await this.#qemu?.converge(of('qemu'), machineDepartures, machineRemovals)) ?? []),
      ...(await this.#netns.converge(
        of('netns'),
        departures.filter((each) => !machineDepartures.includes(each)),
        removals.filter((each) => !machineRemovals.includes(each)),
      )),
    ];
  }

  async current(): Promise<GuestReport[]> {
    return [...(await this.#netns.current()), ...((await this.#qemu?.current()) ?? [])];
  }

  async troubles(): Promise<Fault[]> {
    return (await this.#qemu?.troubles()) ?? [];
  }

  async usage(): Promise<GuestUsage[]> {
    return [...(await this.#netns.usage()), ...((await this.#qemu?.usage()) ?? [])];
  }

  async processes(): Promise<Map<string, ProcessIdentity[]>> {
    return new Map([...(await this.#netns.processes()), ...((await this.#qemu?.processes()) ?? [])]);
  }

  #whyNot({ name, driver, mac, network }: GuestSpec, present: readonly GuestSpec[]): Fault | undefined {
    const fault = (message: string): Fault => ({ kind: 'guest', subject: name, message });
    if (driver === 'qemu' && !this.#qemu) return fault('This host runs no machines of driver qemu: see what it lacks.');
    const same = present.find((each) => each.name === name);
    if (same && same.driver !== driver)
      return fault(`${name} runs with the driver ${same.driver}: remove it, then start it.`);
    const twin = present.find((each) => each.name !== name && each.mac === mac && each.network === network);
    return (
      twin && fault(`The address ${mac} of ${name} is that of ${twin.name} on this host: give one of the two another.`)
    );
  }
}
