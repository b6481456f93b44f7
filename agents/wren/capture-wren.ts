import type { ClockReading, LinkEnd, PathEstimate } from '../../schema/generated/types.js';
import { type ClockMoment, readClocks } from '../linux/clocks.js';
import type { Wren } from '../substrate.js';
import { CapturedLink, type Moment } from './captured-link.js';
import type { TraceRecorder } from './trace-recorder.js';
import type { TraceRecord, TraceRing } from './trace-ring.js';

export interface CaptureOptions {
  ring: Pick<TraceRing, 'read' | 'close'>;
  /** Links that there are, by the number that records have for each. */
  links(): ReadonlyMap<number, LinkEnd>;
  /** That of this host when left out. */
  now?(): Moment;
  /** Those of this host when left out. */
  clocks?(): ClockMoment;
  /** Is told of the packets that it wants to record. */
  traces?: TraceRecorder | undefined;
}

/** The ring has room for 6 links' records of a second. */
const fetchMs = 200;

/** Looks at the packets of links through the kernel's records of them. */
export class CaptureWren implements Wren {
  readonly traces: TraceRecorder | undefined;
  readonly #options: CaptureOptions;
  readonly #links = new Map<number, { way: string; captured: CapturedLink }>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.traces = options.traces;
    this.#follow();
    this.#timer = setInterval(() => this.#fetch(), fetchMs).unref();
  }

  async paths(): Promise<PathEstimate[]> {
    this.#follow();
    this.#fetch();
    const moment = (this.#options.now ?? thisMoment)();
    return this.#captured().flatMap((captured) => captured.estimates(moment));
  }

  async clocks(): Promise<ClockReading> {
    this.#follow();
    this.#fetch();
    const arrivals = this.#captured().flatMap((captured) => captured.arrivals());
    return { ...(this.#options.clocks ?? readClocks)(), arrivals };
  }

  /** Ends looking; the kernel goes on recording until its ring is full. */
  close(): void {
    clearInterval(this.#timer);
    this.#options.ring.close();
  }

  #captured(): CapturedLink[] {
    const links = [...this.#links.values()].sort((a, b) => (a.captured.peer < b.captured.peer ? -1 : 1));
    return links.map(({ captured }) => captured);
  }

  #fetch(): void {
    this.#options.ring.read((record: TraceRecord) => this.#links.get(record.link)?.captured.take(record));
  }

  /** A link that goes another way now is another path. */
  #follow(): void {
    const links = this.#options.links();
    for (const number of this.#links.keys()) if (!links.has(number)) this.#links.delete(number);
    for (const [number, link] of links) {
      const way = JSON.stringify([link.peer, link.type, link.local, link.remote]);
      if (this.#links.get(number)?.way === way) continue;
      const captured = new CapturedLink(link, (path) => this.traces?.tapOf(path));
      this.#links.set(number, { way, captured });
    }
  }
}

function thisMoment(): Moment {
  return { nowNs: Number(process.hrtime.bigint()), wallMs: Date.now() };
}
