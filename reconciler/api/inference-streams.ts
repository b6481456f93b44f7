import type { EventStream } from './event-stream.js';
import type { InferenceFeed } from './inference-feed.js';
import { Readers } from './readers.js';

/** All readers of what is inferred. */
export class InferenceStreams {
  readonly #feed: InferenceFeed;
  readonly #readers: Readers;

  constructor(feed: InferenceFeed, heartbeatMs: number) {
    this.#feed = feed;
    this.#readers = new Readers(heartbeatMs);
  }

  /** A new reader, told at once what has changed since the event `lastId`; null when there are too many. */
  open(lastId?: string): EventStream | null {
    const stream = this.#readers.open();
    if (stream === null) return null;
    const leave = this.#feed.follow((event) => stream.add(event));
    stream.once('close', leave);
    for (const event of this.#feed.newest(lastId)) stream.add(event);
    return stream;
  }

  close(): void {
    this.#readers.close();
  }
}
