import type { EventStream } from './event-stream.js';
import type { Live } from './live.js';
import { Readers } from './readers.js';

/** All readers of the event stream. */
export class EventStreams {
  readonly #live: Live;
  readonly #readers: Readers;
  readonly #unsubscribe: () => void;

  constructor(live: Live, heartbeatMs: number) {
    this.#live = live;
    this.#readers = new Readers(heartbeatMs);
    this.#unsubscribe = live.subscribe((event) => this.#readers.tell(event));
  }

  /** A new reader, told at once what is now; null when there are too many. */
  open(): EventStream | null {
    const stream = this.#readers.open();
    stream?.add({ kind: 'view', view: this.#live.view() });
    stream?.add({ kind: 'plan', plan: this.#live.plan() });
    stream?.add({ kind: 'conditions', conditions: this.#live.conditions() });
    return stream;
  }

  close(): void {
    this.#unsubscribe();
    this.#readers.close();
  }
}
