import FlatQueue from 'flatqueue';
import type { Clock } from '../../reconciler/ports.js';

interface Timer {
  task: () => void;
  isOff: boolean;
}

/** A clock that goes from one thing that is due to the next, as fast as they can be done. */
export class VirtualClock implements Clock {
  readonly #timers = new FlatQueue<Timer>();
  #nowMs: number;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer: Timer = { task, isOff: false };
    this.#timers.push(timer, this.#nowMs + Math.max(0, delayMs));
    return () => {
      timer.isOff = true;
    };
  }

  /** Lets everything happen that is due until `untilMs`, and what follows from it at once. */
  async run(untilMs: number): Promise<void> {
    await quiet();
    for (
      let dueMs = this.#timers.peekValue();
      dueMs !== undefined && dueMs <= untilMs;
      dueMs = this.#timers.peekValue()
    ) {
      const timer = this.#timers.pop();
      if (!timer || timer.isOff) continue;
      this.#nowMs = Math.max(this.#nowMs, dueMs);
      timer.task();
      await quiet();
    }
    this.#nowMs = untilMs;
  }
}

/** Until nothing is left to do but what waits for time to pass: nobody here waits for anything else. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
