import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A line that the reconciler logs of a pass. */
export interface PassLine {
  /** When it was logged, in milliseconds since the epoch. */
  atMs: number;
  verdict: string;
  steps: number;
  /** Commit that it decided by; undefined where it made no plan. */
  source: string | undefined;
}

/** `virtuoso reconcile` as operators run it, in a process of its own. */
export class ReconcilerProcess {
  readonly #child: ChildProcess;
  readonly #passes: PassLine[] = [];
  readonly #waiting = new Set<() => void>();
  #started: ((line: { hub: string; key: string; api: string }) => void) | null = null;

  constructor(options: readonly string[]) {
    const program = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
    const fixed = ['reconcile', '--hub-port', '0', '--api-port', '0'];
    this.#child = spawn(process.execPath, [...process.execArgv, program, ...fixed, ...options], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const { stderr } = this.#child;
    if (stderr) createInterface({ input: stderr }).on('line', (line) => this.#read(line));
    this.#child.on('exit', (code) => {
      if (code !== 0) throw new Error(`the reconciler ended with ${code}; see above`);
    });
  }

  /** Where agents and readers connect. */
  started(): Promise<{ hub: string; key: string; api: string }> {
    return new Promise((resolve) => {
      this.#started = resolve;
    });
  }

  /** The first pass from now on, or of late, that is as wanted. */
  async pass(isWanted: (pass: PassLine) => boolean, timeoutMs: number): Promise<PassLine> {
    const endMs = Date.now() + timeoutMs;
    for (;;) {
      const found = this.#passes.find(isWanted);
      if (found) return found;
      const leftMs = endMs - Date.now();
      if (leftMs <= 0)
        throw new Error(`no such pass within ${timeoutMs} ms; the last was ${JSON.stringify(this.#passes.at(-1))}`);
      await this.#nextLine(leftMs);
    }
  }

  passesOf(source: string): PassLine[] {
    return this.#passes.filter((pass) => pass.source === source);
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.kill('SIGTERM');
    });
  }

  #nextLine(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, atMostMs);
      this.#waiting.add(done);
    });
  }

  #read(text: string): void {
    if (!text.startsWith('{')) return void console.error(text);
    const line = JSON.parse(text);
    if (process.env.PUSH_VERBOSE && line.msg.startsWith('Applying')) console.error(text.slice(0, 200));
    if (line.msg === 'reconciling') this.#started?.(line);
    else if (line.msg === 'pass') {
      if (process.env.PUSH_VERBOSE) console.error(text.slice(0, 300));
      this.#passes.push({ atMs: Date.parse(line.time), verdict: line.verdict, steps: line.steps, source: line.source });
    } else if (line.level > 30 && !line.msg.startsWith('The agent of')) console.error(text.slice(0, 500));
    for (const done of this.#waiting) done();
  }
}
