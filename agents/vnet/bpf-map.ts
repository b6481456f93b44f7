import { readFileSync } from 'node:fs';
import { demand, libbpf } from './libbpf.js';

/** A BPF map through its descriptor. Keys and values are the bytes of agents/native/vnet.h. */
export class BpfMap {
  readonly name: string;
  readonly #descriptor: number;
  readonly #keySize: number;
  readonly #valueSize: number;

  /** @param valueSize of what one look-up gives: of a per-CPU map, all processors' values */
  constructor(name: string, descriptor: number, keySize: number, valueSize: number) {
    this.name = name;
    this.#descriptor = descriptor;
    this.#keySize = keySize;
    this.#valueSize = valueSize;
  }

  get(key: Buffer): Buffer | undefined {
    const value = Buffer.alloc(this.#valueSize);
    return libbpf().lookup(this.#descriptor, key, value) < 0 ? undefined : value;
  }

  /** @throws if the kernel refuses: the map is full or memory is short. */
  set(key: Buffer, value: Buffer): void {
    demand(libbpf().update(this.#descriptor, key, value), `cannot write to the BPF map ${this.name}`);
  }

  /** Removes the entry if it is there. */
  remove(key: Buffer): void {
    libbpf().remove(this.#descriptor, key);
  }

  keys(): Buffer[] {
    const found: Buffer[] = [];
    const seen = new Set<string>();
    let at: Buffer | null = null;
    for (;;) {
      const next: Buffer = Buffer.alloc(this.#keySize);
      if (libbpf().nextKey(this.#descriptor, at, next) < 0) return found;
      // The kernel begins again at the first key when `at` has been removed meanwhile.
      const text = next.toString('latin1');
      if (seen.has(text)) return found;
      seen.add(text);
      found.push(next);
      at = next;
    }
  }

  entries(): [Buffer, Buffer][] {
    return this.keys().flatMap((key): [Buffer, Buffer][] => {
      const value = this.get(key);
      return value === undefined ? [] : [[key, value]];
    });
  }
}

/** Adds up the 64-bit counters at `offset` of every processor's part of a per-CPU value. */
export function sumCounters(value: Buffer, offset: number, partSize: number): number {
  let sum = 0n;
  for (let at = 0; at < value.length; at += partSize) sum += value.readBigUInt64LE(at + offset);
  return Number(sum);
}

/** Per-CPU values have one part for each processor that could ever be there, not only for those that are. */
export function possibleProcessors(): number {
  const text = readFileSync('/sys/devices/system/cpu/possible', 'utf8').trim();
  const last = text.split(/[-,]/).at(-1);
  return Number(last) + 1;
}
