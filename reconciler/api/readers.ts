import { EventStream } from './event-stream.js';

/** Readers of one kind of stream at the same time; a dashboard in a browser is one. */
const maxReaders = 100;

/** Streams that are open, kept alive by heartbeats. */
export class Readers {
  readonly #streams = new Set<EventStream>();
  readonly #timer: NodeJS.Timeout;

  constructor(heartbeatMs: number) {
    this.#timer = setInterval(() => {
      for (const stream of this.#streams) stream.heartbeat();
    }, heartbeatMs).unref();
  }

  /** A new reader; null when there are too many. */
  open(): EventStream | null {
    if (this.#streams.size >= maxReaders) return null;
    const stream = new EventStream();
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    return stream;
  }

  tell(event: Parameters<EventStream['add']>[0]): void {
    for (const stream of this.#streams) stream.add(event);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const stream of this.#streams) stream.destroy();
  }
}
