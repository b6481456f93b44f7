import type { LabProcess } from '../lab/process.js';

/** How soon a process that ended unasked is started again. */
const restartMs = 300;

/** A process that is started again whenever it ends unasked, as a service manager would. */
export class Supervised {
  readonly #start: () => Promise<LabProcess>;
  #process: LabProcess | null = null;
  #isEnding = false;
  #restarts = 0;

  private constructor(start: () => Promise<LabProcess>) {
    this.#start = start;
  }

  static async start(start: () => Promise<LabProcess>): Promise<Supervised> {
    const supervised = new Supervised(start);
    await supervised.#run();
    return supervised;
  }

  /** How often it ended unasked. */
  get restarts(): number {
    return this.#restarts;
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#process?.end();
  }

  async #run(): Promise<void> {
    this.#process = await this.#start();
    void this.#process.ended.then(() => {
      if (this.#isEnding) return;
      this.#restarts += 1;
      setTimeout(() => {
        if (!this.#isEnding) void this.#run();
      }, restartMs);
    });
  }
}
