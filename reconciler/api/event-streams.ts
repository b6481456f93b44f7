import { EventStream } from './event-stream.js';
import type { Live } from './live.js';

/** Readers at the same time; a dashboard in a browser is one. */
const maxReaders = 100;

/** All readers of the event stream. */
export class EventStreams {
  readonly #live: Live;
  readonly #streams = new Set<EventStream>();
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(live: Live, heartbeatMs: number) {
    this.#live = live;
    this.#unsubscribe = live.subscribe((event) => {
      for (const stream of this.#streams) stream.add(event);
    });
    this.#timer = setInterval(() => {
      for (const stream of this.#streams) stream.heartbeat();
    }, heartbeatMs).unref();
  }

  /** A new reader, told at once what is now; null when there are too many. */
  open(): EventStream | null {
    if (this.#streams.size >= maxReaders) return null;
    const stream = new EventStream();
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    stream.add({ kind: 'view', view: this.#live.view() });
    stream.add({ kind: 'plan', plan: this.#live.plan() });
    stream.add({ kind: 'conditions', conditions: this.#live.conditions() });
    return stream;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
    for (const stream of this.#streams) stream.destroy();
  }
}
