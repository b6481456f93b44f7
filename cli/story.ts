import type { Clock } from '../reconciler/ports.js';

/** Tells people what happens, line by line; with `json`, all of it goes to stderr and only the result to stdout. */
export class Story {
  readonly isColored: boolean;
  readonly #output: 'text' | 'json';
  readonly #clock: Clock;
  readonly #begunMs: number;

  constructor(output: 'text' | 'json', clock: Clock) {
    this.#output = output;
    this.#clock = clock;
    this.#begunMs = clock.nowMs();
    this.isColored = output === 'text' && process.stdout.isTTY === true && !process.env.NO_COLOR;
  }

  say(text: string): void {
    const seconds = ((this.#clock.nowMs() - this.#begunMs) / 1000).toFixed(1).padStart(5);
    this.#write(`[${seconds} s] ${text}\n`);
  }

  /** Longer text, without a time. */
  show(text: string): void {
    this.#write(text.endsWith('\n') ? text : `${text}\n`);
  }

  log(level: 'info' | 'warn' | 'error', message: string): void {
    if (level !== 'info') process.stderr.write(`${level}: ${message}\n`);
  }

  /** The result as one line of JSON, the last on stdout. */
  result(value: object): void {
    if (this.#output === 'json') process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** Says what went wrong; returns the exit code for it. */
  fail(message: string): number {
    process.stderr.write(`error: ${message}\n`);
    return 1;
  }

  #write(text: string): void {
    (this.#output === 'json' ? process.stderr : process.stdout).write(text);
  }
}
