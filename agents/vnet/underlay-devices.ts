import { deviceIndex } from '../linux/device.js';
import { ethernetDevices, interfacesWithAddresses } from '../linux/ip.js';
import type { NetworkNamespace } from '../linux/namespace.js';
import type { Carriage } from './carrier.js';
import type { KernelCore } from './kernel-core.js';
import { vxlanPort } from './vxlan-devices.js';

/** The interfaces that VXLAN links arrive by: the core takes frames for guests of this host from there, the short way. */
export class UnderlayDevices {
  readonly #namespace: NetworkNamespace;
  readonly #core: KernelCore;
  /** Names of those that have the program. */
  #devices: readonly string[] = [];
  #known: string | undefined;

  constructor(namespace: NetworkNamespace, core: KernelCore) {
    this.#namespace = namespace;
    this.#core = core;
  }

  /**
   * Has the program on the interfaces with the addresses that these carriages arrive at, and on no other. On an interface that is no
   * Ethernet (a tunnel) everything takes the long way.
   * @throws KernelRefusal
   */
  provide(carriages: readonly Carriage[]): void {
    const standard = carriages.flatMap((each) =>
      each.kind === 'vxlan' && each.port === vxlanPort ? [each.local] : [],
    );
    const addresses = new Set(standard);
    this.#namespace.within(() => {
      if (this.#picture(addresses) === this.#known) return;
      const wanted = new Set(
        interfacesWithAddresses()
          .filter(({ addr_info }) => addr_info.some(({ local }) => local !== undefined && addresses.has(local)))
          .map(({ ifname }) => ifname),
      );
      const present = ethernetDevices();
      for (const name of present) {
        const device = deviceIndex(name);
        if (device === undefined) continue;
        if (wanted.has(name)) this.#core.attach('underlay', device);
        else this.#core.detach('underlay', device); // an earlier agent may have put it there
      }
      this.#devices = present.filter((name) => wanted.has(name));
      this.#known = this.#picture(addresses);
    });
  }

  /** Changes when another look at the interfaces is needed. */
  #picture(addresses: ReadonlySet<string>): string {
    return JSON.stringify([[...addresses].sort(), this.#devices.map((name) => deviceIndex(name) ?? 0)]);
  }
}
