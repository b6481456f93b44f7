import { deviceIndex } from '../linux/device.js';
import { ethernetDevices, interfacesWithAddresses } from '../linux/ip.js';
import type { NetworkNamespace } from '../linux/namespace.js';
import { connectionOf } from './connection.js';
import type { KernelCore } from './kernel-core.js';
import type { LinkState } from './vnet-state.js';

/**
 * The interfaces that links arrive by and leave from: the core takes frames for guests of this host from there, the short way, and Wren
 * looks at packets there.
 */
export class UnderlayDevices {
  readonly #namespace: NetworkNamespace;
  readonly #core: KernelCore;
  /** Names of those that have the programs. */
  #devices: readonly string[] = [];
  #known: string | undefined;

  constructor(namespace: NetworkNamespace, core: KernelCore) {
    this.#namespace = namespace;
    this.#core = core;
  }

  /**
   * Has the programs on the interfaces with the addresses that these links have here, and on no other. On an interface that is no
   * Ethernet (a tunnel) everything takes the long way, unseen.
   * @throws KernelRefusal
   */
  provide(links: readonly LinkState[]): void {
    const locals = links.map(({ link, carriage }) =>
      carriage.kind === 'vxlan' ? carriage.local : connectionOf(link)?.local,
    );
    const addresses = new Set(locals.filter((local) => local !== undefined));
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
        for (const part of ['underlay', 'departure'] as const) {
          if (wanted.has(name)) this.#core.attach(part, device);
          else this.#core.detach(part, device); // an earlier agent may have put it there
        }
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
