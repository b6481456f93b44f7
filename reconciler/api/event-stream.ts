import { Readable } from 'node:stream';
import type { InferenceEvent, LiveEvent } from '../../schema/generated/types.js';

/** Log lines kept for a reader that is slow; older ones are dropped. */
const maxLogLines = 200;

type StreamEvent = LiveEvent | InferenceEvent;
type StateEvent = Exclude<StreamEvent, { kind: 'log' }>;

/**
 * Server-sent events for one reader. It is asked for bytes only when the reader takes them; in between, the newest event of each
 * kind that says what is replaces the one before, so that a slow reader costs no more than one of each and still ends up right.
 */
export class EventStream extends Readable {
  readonly #states = new Map<StateEvent['kind'], StateEvent>();
  #logs: StreamEvent[] = [];
  #beat = false;
  #wanted = false;

  constructor() {
    super({ highWaterMark: 1 });
  }

  add(event: StreamEvent): void {
    if (event.kind === 'log') this.#logs = [...this.#logs, event].slice(-maxLogLines);
    else this.#states.set(event.kind, event);
    this.#send();
  }

  /** Sends a comment, so that proxies do not end a silent connection. Ends a reader that took nothing since the last call. */
  heartbeat(): void {
    if (this.#beat) this.destroy();
    this.#beat = true;
    this.#send();
  }

  override _read(): void {
    this.#wanted = true;
    this.#send();
  }

  #send(): void {
    if (!this.#wanted || this.destroyed) return;
    const text = this.#next();
    if (text === null) return;
    this.#wanted = false;
    this.#beat = false;
    this.push(text);
  }

  #next(): string | null {
    for (const [kind, event] of this.#states) {
      this.#states.delete(kind);
      // Only a reader who has been told all there is may say later that it knows everything up to here.
      return this.#states.size === 0 && 'id' in event ? `id: ${event.id}\n${frame(event)}` : frame(event);
    }
    const log = this.#logs.shift();
    if (log) return frame(log);
    return this.#beat ? ':\n\n' : null;
  }
}

/** JSON has no line breaks of its own, so that one `data` line holds it. */
function frame(event: StreamEvent): string {
  return `event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
}
