import { pageSize, SharedMemory } from '../linux/memory.js';
import { layout } from '../vnet/layout.js';

/** `struct record` of agents/native/vnet.h. */
export interface TraceRecord {
  /** On this host's monotonic clock. */
  atNs: number;
  mark: number;
  bytes: number;
  link: number;
  segments: number;
  /** One of `recordKind`. */
  kind: number;
  number: number;
  isAfterGap: boolean;
  header: number;
  flow: number;
}

/** Of each entry of a BPF ring buffer, before what was put into it. */
const entryHeader = 8;
const busy = 0x8000_0000;
const discarded = 0x4000_0000;
const lengthMask = 0x3fff_ffff;
const { record: at } = layout;
const word = (offset: number): number => (entryHeader + offset) / 4;
const words = {
  low: word(at.atNs),
  high: word(at.atNs) + 1,
  mark: word(at.mark),
  bytes: word(at.bytes),
  linkAndSegments: word(at.link),
  kindAndMore: word(at.kind),
  flow: word(at.flow),
} as const;

/**
 * A BPF ring buffer of records, read where the kernel writes them: nothing is copied or called for. There may be one reader; what it does
 * not fetch in time is not recorded.
 */
export class TraceRing {
  readonly #size: number;
  readonly #consumer: SharedMemory;
  readonly #producer: SharedMemory;
  readonly #consumed: BigUint64Array;
  readonly #produced: BigUint64Array;
  readonly #words: Uint32Array;
  #at: number;
  #isClosed = false;

  /**
   * Begins with what is written from now on.
   * @param descriptor of the map, which may be closed afterwards
   * @param size of the ring in bytes, a power of two
   * @throws if the kernel refuses.
   */
  constructor(descriptor: number, size: number) {
    const page = pageSize();
    this.#size = size;
    this.#consumer = new SharedMemory(descriptor, 0, page, true);
    // The ring is there twice, one behind the other: no entry is cut in two.
    this.#producer = new SharedMemory(descriptor, page, page + 2 * size, false);
    this.#consumed = new BigUint64Array(this.#consumer.bytes, 0, 1);
    this.#produced = new BigUint64Array(this.#producer.bytes, 0, 1);
    this.#words = new Uint32Array(this.#producer.bytes, page);
    this.#at = Number(Atomics.load(this.#consumed, 0));
    this.read(() => undefined);
  }

  /** Gives each record that has come since the last call; it is one object, filled again and again. How many there were. */
  read(each: (record: TraceRecord) => void): number {
    if (this.#isClosed) return 0;
    const record = {
      atNs: 0,
      mark: 0,
      bytes: 0,
      link: 0,
      segments: 0,
      kind: 0,
      number: 0,
      isAfterGap: false,
      header: 0,
      flow: 0,
    };
    const end = Number(Atomics.load(this.#produced, 0));
    let [place, count] = [this.#at, 0];
    while (place < end) {
      const first = (place & (this.#size - 1)) >>> 2;
      const header = Atomics.load(this.#words, first);
      if (header >= busy) break;
      if ((header & discarded) === 0) {
        this.#decode(first, record);
        each(record);
        count++;
      }
      place += entryHeader + (((header & lengthMask) + 7) & ~7);
    }
    this.#at = place;
    Atomics.store(this.#consumed, 0, BigInt(place));
    return count;
  }

  /** The ring stays in the kernel. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#consumer.close();
    this.#producer.close();
  }

  /** In one piece, without anything that would have to be allocated: it runs thousands of times a second. */
  #decode(first: number, record: TraceRecord): void {
    const from = this.#words;
    const linkAndSegments = from[first + words.linkAndSegments] as number;
    const rest = from[first + words.kindAndMore] as number;
    record.atNs = (from[first + words.high] as number) * 0x1_0000_0000 + (from[first + words.low] as number);
    record.mark = from[first + words.mark] as number;
    record.bytes = from[first + words.bytes] as number;
    record.link = linkAndSegments & 0xffff;
    record.segments = linkAndSegments >>> 16;
    record.kind = rest & 0xff;
    record.number = (rest >>> 8) & 0xff;
    record.isAfterGap = (rest & 0xff0000) !== 0;
    record.header = rest >>> 24;
    record.flow = from[first + words.flow] as number;
  }
}
