import type { Acknowledgement, Departure, TimedPacket } from './packet.js';

const leastSize = 64;
const mostSize = 4096;
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
 * Where others came in between, the packet does not follow the one before.
 */
export class AckMatcher {
  // Departures not acknowledged yet, a ring in the order of their sequence.
  #size = leastSize;
  #end = new Float64Array(leastSize);
  #atNs = new Float64Array(leastSize);
  #bytes = new Float64Array(leastSize);
  #data = new Float64Array(leastSize);
  #segments = new Float64Array(leastSize);
  #isUnsure = new Uint8Array(leastSize);
  #isAfterOthers = new Uint8Array(leastSize);
  #head = 0;
  #count = 0;
  /** Next sequence number to be sent, and the highest acknowledged; undefined before any. */
  #next: number | undefined;
  #acknowledged = 0;
  #aloneShare = 0;
  #isAfterGap = true;
  readonly #packet: Required<Omit<TimedPacket, 'isAfterLoss'>> = {
    departureNs: 0,
    arrivalNs: 0,
    bytes: 0,
    lastBytes: 0,
    isAfterGap: true,
  };

  departure({ atNs, start, end, bytes, segments, isAfterOthers }: Departure): void {
    const data = distance(start, end);
    if (data <= 0) return;
    if (this.#next === undefined) this.#acknowledged = start;
    const ahead = this.#next === undefined ? 0 : distance(this.#next, start);
    if (ahead < 0) {
      this.#resent(start, end);
      if (distance(this.#next as number, end) <= 0) return;
    }
    if (this.#count === this.#size) this.#makeRoom();
    const slot = (this.#head + this.#count) % this.#size;
    this.#count += 1;
    this.#end[slot] = end;
    this.#atNs[slot] = atNs;
    this.#bytes[slot] = bytes;
    this.#data[slot] = data;
    this.#segments[slot] = segments;
    this.#isUnsure[slot] = ahead === 0 ? 0 : 1;
    this.#isAfterOthers[slot] = isAfterOthers ? 1 : 0;
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
    if (packet) packet.isAfterGap ||= this.#isAfterGap;
    this.#isAfterGap = packet === undefined;
    return packet;
  }

  /** Takes what is covered out of the ring; of a run that is covered in part, the rest stays. */
  #cover(atNs: number, number: number): TimedPacket | undefined {
    let [bytes, lastBytes, segments, departureNs, isUnsure, isAfterOthers] = [0, 0, 0, 0, false, false];
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
      isAfterOthers ||= this.#isAfterOthers[slot] === 1;
      from = (from + covered) % wrap;
      if (covered < left) break;
      this.#head = (slot + 1) % this.#size;
      this.#count -= 1;
    }
    const isAlone = segments < 1.5;
    this.#aloneShare += 0.02 * ((isAlone ? 1 : 0) - this.#aloneShare);
    if (isUnsure || bytes === 0 || (isAlone && this.#aloneShare < oftenAlone)) return undefined;
    this.#packet.departureNs = departureNs;
    this.#packet.arrivalNs = atNs;
    this.#packet.bytes = Math.round(bytes);
    this.#packet.lastBytes = Math.round(lastBytes);
    this.#packet.isAfterGap = isAfterOthers;
    return this.#packet;
  }

  /** Marks what is sent again: which copy is acknowledged cannot be known. */
  #resent(start: number, end: number): void {
    for (let k = 0; k < this.#count; k += 1) {
      const slot = (this.#head + k) % this.#size;
      const slotEnd = this.#end[slot] as number;
      const slotStart = (slotEnd - (this.#data[slot] as number) + wrap) % wrap;
      if (distance(start, slotEnd) > 0 && distance(slotStart, end) > 0) this.#isUnsure[slot] = 1;
    }
  }

  /** Remembers more; or, where that is too much, forgets the oldest, and what it would have been acknowledged with. */
  #makeRoom(): void {
    if (this.#size < mostSize) {
      this.#grow();
      return;
    }
    this.#acknowledged = this.#end[this.#head] as number;
    this.#head = (this.#head + 1) % this.#size;
    this.#count -= 1;
    this.#isAfterGap = true;
  }

  #grow(): void {
    const grown = <Fields extends Float64Array | Uint8Array>(fields: Fields, larger: Fields): Fields => {
      larger.set(fields.subarray(this.#head));
      larger.set(fields.subarray(0, this.#head), this.#size - this.#head);
      return larger;
    };
    const size = 2 * this.#size;
    this.#end = grown(this.#end, new Float64Array(size));
    this.#atNs = grown(this.#atNs, new Float64Array(size));
    this.#bytes = grown(this.#bytes, new Float64Array(size));
    this.#data = grown(this.#data, new Float64Array(size));
    this.#segments = grown(this.#segments, new Float64Array(size));
    this.#isUnsure = grown(this.#isUnsure, new Uint8Array(size));
    this.#isAfterOthers = grown(this.#isAfterOthers, new Uint8Array(size));
    this.#size = size;
    this.#head = 0;
  }
}

/** How far `to` is after `from`, negative if before, on the circle of 32-bit sequence numbers. */
function distance(from: number, to: number): number {
  const ahead = (to - from) >>> 0;
  return ahead < half ? ahead : ahead - wrap;
}
