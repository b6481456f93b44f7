import { closeSync } from 'node:fs';
import { BpfMap } from './bpf-map.js';
import type { KernelCore } from './kernel-core.js';
import { layout } from './layout.js';
import { demand, libbpf } from './libbpf.js';
import type { RuleImage } from './rule-image.js';

const { size: keySize } = layout.frameKey;
const { size: valueSize } = layout.action;

/**
 * The forwarding table in the kernel. A new one is a new map: it is filled, frozen, so that nobody changes it afterwards, and put in place
 * of the old one at once. Every frame sees the one or the other.
 */
export class RuleTable {
  readonly #core: KernelCore;
  /** What the kernel has, and the number of its map; undefined until it is known. */
  #image: RuleImage | undefined;
  #map: number | undefined;

  constructor(core: KernelCore) {
    this.#core = core;
  }

  /** Whether the kernel forwards by what was written last. */
  get isInEffect(): boolean {
    return this.#map !== undefined && this.#core.table === this.#map;
  }

  /**
   * Makes the kernel forward by `image` and nothing else. Says whether it had to change anything.
   * @throws if the kernel refuses.
   */
  write(image: RuleImage): boolean {
    if (this.#image && this.isInEffect && sameImage(this.#image, image)) return false;
    const changed = !this.#isTakenUp(image);
    if (changed) this.#replace(image);
    this.#image = image;
    this.#map = this.#core.table;
    return changed;
  }

  #replace(image: RuleImage): void {
    const room = Math.max(1, image.count);
    const made = libbpf().createHash('vnet_table', keySize, valueSize, room);
    const descriptor = demand(made, `cannot make a BPF map of ${room} entries`);
    try {
      new BpfMap('vnet_table', descriptor, keySize, valueSize).setAll(image.keys, image.values, image.count);
      demand(libbpf().freeze(descriptor), 'cannot freeze the forwarding table');
      this.#core.setTable(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Whether the table that an earlier agent left is the wanted one. */
  #isTakenUp(image: RuleImage): boolean {
    const number = this.#image ? undefined : this.#core.table;
    const descriptor = number === undefined ? -1 : libbpf().mapById(number);
    if (descriptor < 0) return false;
    try {
      const present = new BpfMap('vnet_table', descriptor, keySize, valueSize).entries();
      const byKey = new Map(present.map(([key, value]) => [key.toString('latin1'), value]));
      if (byKey.size !== image.count) return false;
      for (let index = 0; index < image.count; index++) {
        const key = image.keys.toString('latin1', index * keySize, (index + 1) * keySize);
        const value = image.values.subarray(index * valueSize, (index + 1) * valueSize);
        if (!byKey.get(key)?.equals(value)) return false;
      }
      return true;
    } finally {
      closeSync(descriptor);
    }
  }
}

function sameImage(a: RuleImage, b: RuleImage): boolean {
  return a.keys.equals(b.keys) && a.values.equals(b.values);
}
