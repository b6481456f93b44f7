import type { Acknowledgement, Departure, TimedPacket } from './packet.js';

const size = 4096;
const wrap = 2 ** 32;
const half = 2 ** 31;
/** Segments whose acknowledgement may be that of an earlier copy, or that a timer held back, are not used. */
const oftenAlone = 0.3;

/**
 * Makes timed packets of one TCP connection out of what its sender sees: departures, and the acknowledgements that come back. An
 * acknowledgement stands for all bytes that it covers first; its packet left when the last of them did. Not used are
 * - segments sent more than once (Karn and Partridge, 1987), and what was acknowledged with them;
 * - single segments, where the other end acknowledges every second: a timer held those back;
 * - what was acknowledged while departures were missing from the capture.
 */
export class AckMatcher {
  // Departures not acknowledged yet, a ring in the order of their sequence.
  readonly #end = new Float64Array(size);
  readonly #atNs = new Float64Array(size);
  readonly #bytes = new Float64Array(size);
  readonly #data = new Float64Array(size);
  readonly #segments = new Float64Array(size);
  readonly #isUnsure = new Uint8Array(size);
  #head = 0;
  #count = 0;
  /** Next sequence number to be sent, and the highest acknowledged; undefined before any. */
  #next: number | undefined;
  #acknowledged = 0;
  #aloneShare = 0;
  #isAfterGap = true;
  readonly #packet = { departureNs: 0, arrivalNs: 0, bytes: 0, lastBytes: 0, isAfterGap: true } satisfies TimedPacket;

  departure({ atNs, start, end, bytes, segments }: Departure): void {
    const data = distance(start, end);
    if (data <= 0) return;
    if (this.#next === undefined) this.#acknowledged = start;
    const ahead = this.#next === undefined ? 0 : distance(this.#next, start);
    if (ahead < 0) {
      this.#resent(start, end);
      if (distance(this.#next as number, end) <= 0) return;
    }
    if (this.#count === size) this.#drop();
    const slot = (this.#head + this.#count) % size;
    this.#count += 1;
    this.#end[slot] = end;
    this.#atNs[slot] = atNs;
    this.#bytes[slot] = bytes;
    this.#data[slot] = data;
    this.#segments[slot] = segments;
    this.#isUnsure[slot] = ahead === 0 ? 0 : 1;
    this.#next = end;
  }

  /** The packet that it stands for, if it can be used. The same object comes back each time. */
  acknowledgement({ atNs, number }: Acknowledgement): TimedPacket | undefined {
    if (this.#next === undefined || distance(this.#acknowledged, number) <= 0) return undefined;
    if (distance(this.#next, number) > 0) {
      // Departures were missed: begin again behind them.
      this.#count = 0;
      this.#next = number;
      this.#acknowledged = number;
      this.#isAfterGap = true;
      return undefined;
    }
    const packet = this.#cover(atNs, number);
    this.#acknowledged = number;
    if (packet) packet.isAfterGap = this.#isAfterGap;
    this.#isAfterGap = packet === undefined;
    return packet;
  }

  /** Takes what is covered out of the ring; of a run that is covered in part, the rest stays. */
  #cover(atNs: number, number: number): TimedPacket | undefined {
    let [bytes, lastBytes, segments, departureNs, isUnsure] = [0, 0, 0, 0, false];
    let from = this.#acknowledged;
    while (this.#count > 0 && distance(from, number) > 0) {
      const slot = this.#head;
      const left = distance(from, this.#end[slot] as number);
      const covered = Math.min(left, distance(from, number));
      const share = covered / (this.#data[slot] as number);
      lastBytes = share * (this.#bytes[slot] as number);
      bytes += lastBytes;
      segments += share * (this.#segments[slot] as number);
      departureNs = this.#atNs[slot] as number;
      isUnsure ||= this.#isUnsure[slot] === 1;
      from = (from + covered) % wrap;
      if (covered < left) break;
      this.#head = (slot + 1) % size;
      this.#count -= 1;
    }
    const isAlone = segments < 1.5;
    this.#aloneShare += 0.02 * ((isAlone ? 1 : 0) - this.#aloneShare);
    if (isUnsure || bytes === 0 || (isAlone && this.#aloneShare < oftenAlone)) return undefined;
    this.#packet.departureNs = departureNs;
    this.#packet.arrivalNs = atNs;
    this.#packet.bytes = Math.round(bytes);
    this.#packet.lastBytes = Math.round(lastBytes);
    return this.#packet;
  }

  /** Marks what is sent again: which copy is acknowledged cannot be known. */
  #resent(start: number, end: number): void {
    for (let k = 0; k < this.#count; k += 1) {
      const slot = (this.#head + k) % size;
      const slotEnd = this.#end[slot] as number;
      const slotStart = (slotEnd - (this.#data[slot] as number) + wrap) % wrap;
      if (distance(start, slotEnd) > 0 && distance(slotStart, end) > 0) this.#isUnsure[slot] = 1;
    }
  }

  /** More is on its way than is remembered: forget the oldest, and what it would have been acknowledged with. */
  #drop(): void {
    this.#acknowledged = this.#end[this.#head] as number;
    this.#head = (this.#head + 1) % size;
    this.#count -= 1;
    this.#isAfterGap = true;
  }
}

/** How far `to` is after `from`, negative if before, on the circle of 32-bit sequence numbers. */
function distance(from: number, to: number): number {
  const ahead = (to - from) >>> 0;
  return ahead < half ? ahead : ahead - wrap;
}
