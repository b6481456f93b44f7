import { setTimeout as sleep } from 'node:timers/promises';
import { deviceIndex } from '../../agents/linux/device.js';
import { NetworkNamespace, namespacePath } from '../../agents/linux/namespace.js';
import { portDevice } from '../../agents/vmm/netns-guest.js';
import type { LabNames } from '../../lab/names.js';

const intervalMs = 10;
/**
 * Hosts are looked at one after the other, and the kernel takes a device off one namespace before it puts it into the next: only
 * what so many looks in a row have seen is a fault.
 */
const lasting = 20;

/** Looks again and again which hosts the guests' ports are on: always exactly one each. */
export class PortWatch {
  /** Guests that were seen on more than one host, or on none, for longer than a move takes. */
  readonly faults: string[] = [];
  /** Where each guest was last seen. */
  readonly places = new Map<string, string>();
  /** How often each guest was seen to have changed hosts; those that never did are not in it. */
  readonly moved = new Map<string, number>();
  looks = 0;
  readonly #hosts: readonly { host: string; namespace: NetworkNamespace }[];
  readonly #guests: readonly string[];
  readonly #wrong = new Map<string, number>();
  #isOver = false;
  readonly #work: Promise<void>;

  constructor(names: LabNames, hosts: readonly string[], guests: readonly string[]) {
    this.#hosts = hosts.map((host) => ({ host, namespace: new NetworkNamespace(namespacePath(names.host(host))) }));
    this.#guests = guests;
    this.#work = this.#watch();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#work;
    for (const { namespace } of this.#hosts) namespace.close();
  }

  async #watch(): Promise<void> {
    for (; !this.#isOver; await sleep(intervalMs)) {
      this.looks += 1;
      const seen = new Map(this.#guests.map((guest) => [guest, [] as string[]]));
      for (const { host, namespace } of this.#hosts) {
        const here = namespace.within(() => this.#guests.filter((guest) => deviceIndex(portDevice(guest))));
        for (const guest of here) seen.get(guest)?.push(host);
      }
      for (const [guest, at] of seen) this.#judge(guest, at);
    }
  }

  #judge(guest: string, at: readonly string[]): void {
    const [host, ...others] = at;
    const isRight = host !== undefined && others.length === 0;
    const wrong = isRight ? 0 : (this.#wrong.get(guest) ?? 0) + 1;
    this.#wrong.set(guest, wrong);
    if (wrong === lasting) this.faults.push(`${guest} is on ${at.length === 0 ? 'no host' : at.join(' and ')}`);
    if (!isRight) return;
    const before = this.places.get(guest);
    if (before !== undefined && before !== host) this.moved.set(guest, (this.moved.get(guest) ?? 0) + 1);
    this.places.set(guest, host);
  }
}
