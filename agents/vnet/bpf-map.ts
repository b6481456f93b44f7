import { readFileSync } from 'node:fs';
import { demand, libbpf } from './libbpf.js';

const ENOENT = -2;
const ENOSPC = -28;
/** Entries that one call into the kernel reads. */
const batch = 4096;

/** A BPF map through its descriptor. Keys and values are the bytes of agents/native/vnet.h. */
export class BpfMap {
  readonly name: string;
  readonly valueSize: number;
  readonly #descriptor: number;
  readonly #keySize: number;

  /** @param valueSize of what one look-up gives: of a per-CPU map, all processors' values */
  constructor(name: string, descriptor: number, keySize: number, valueSize: number) {
    this.name = name;
    this.valueSize = valueSize;
    this.#descriptor = descriptor;
    this.#keySize = keySize;
  }

  get(key: Buffer): Buffer | undefined {
    const value = Buffer.alloc(this.valueSize);
    return libbpf().lookup(this.#descriptor, key, value) < 0 ? undefined : value;
  }

  /** @throws if the kernel refuses: the map is full or memory is short. */
  set(key: Buffer, value: Buffer): void {
    demand(libbpf().update(this.#descriptor, key, value), `cannot write to the BPF map ${this.name}`);
  }

  /** Writes `count` entries, one behind the other, in one call. @throws if the kernel refuses. */
  setAll(keys: Buffer, values: Buffer, count: number): void {
    if (count === 0) return;
    const amount = Buffer.alloc(4);
    amount.writeUInt32LE(count);
    const written = libbpf().updateBatch(this.#descriptor, keys, values, amount);
    demand(written, `cannot write ${count} entries to the BPF map ${this.name}`);
  }

  /** Removes the entry if it is there. */
  remove(key: Buffer): void {
    libbpf().remove(this.#descriptor, key);
  }

  keys(): Buffer[] {
    return this.entries().map(([key]) => key);
  }

  /** @throws if the kernel refuses. */
  entries(): [Buffer, Buffer][] {
    const found: [Buffer, Buffer][] = [];
    const amount = Buffer.alloc(4);
    let at: Buffer | null = null;
    for (let room = batch; ; ) {
      const [keys, values] = [Buffer.alloc(room * this.#keySize), Buffer.alloc(room * this.valueSize)];
      const next = Buffer.alloc(Math.max(4, this.#keySize));
      amount.writeUInt32LE(room);
      const result = libbpf().lookupBatch(this.#descriptor, at, next, keys, values, amount);
      if (result === ENOSPC) room *= 2;
      else {
        if (result !== ENOENT) demand(result, `cannot read the BPF map ${this.name}`);
        for (let index = 0; index < amount.readUInt32LE(); index++)
          found.push([part(keys, index, this.#keySize), part(values, index, this.valueSize)]);
        if (result === ENOENT) return found;
        at = next;
      }
    }
  }
}

/** A BPF array: its entries are those that are not all zeros. */
export class BpfArray extends BpfMap {
  constructor(name: string, descriptor: number, valueSize: number) {
    super(name, descriptor, 4, valueSize);
  }

  override remove(key: Buffer): void {
    this.set(key, Buffer.alloc(this.valueSize));
  }

  override entries(): [Buffer, Buffer][] {
    const nothing = Buffer.alloc(this.valueSize);
    return super.entries().filter(([, value]) => !value.equals(nothing));
  }
}

/** What is needed of a map to make it hold what is wanted. */
export type Writable = Pick<BpfMap, 'entries' | 'set' | 'remove'>;

/**
 * Writes what a map lacks of `wanted` (by key in hexadecimal) or has otherwise; gives what removes the rest.
 * @throws if the kernel refuses.
 */
export function bring(map: Writable, wanted: ReadonlyMap<string, Buffer>): () => void {
  const present = new Map(map.entries().map(([key, value]) => [key.toString('hex'), value]));
  for (const [key, value] of wanted) {
    if (!present.get(key)?.equals(value)) map.set(Buffer.from(key, 'hex'), value);
  }
  const gone = [...present.keys()].filter((key) => !wanted.has(key));
  return () => {
    for (const key of gone) map.remove(Buffer.from(key, 'hex'));
  };
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

const part = (bytes: Buffer, index: number, size: number): Buffer => bytes.subarray(index * size, (index + 1) * size);
