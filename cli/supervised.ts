import type { LabProcess } from '../lab/process.js';

/** How soon a process that ended unasked is started again. */
const restartMs = 300;

/** A process that is started again whenever it ends unasked, as a service manager would. */
export class Supervised {
  readonly #start: () => Promise<LabProcess>;
  #process: Promise<LabProcess>;
  #isEnding = false;
  #restarts = 0;

  private constructor(start: () => Promise<LabProcess>) {
    this.#start = start;
    this.#process = this.#run();
  }

  /** @throws if it cannot be started at all. */
  static async start(start: () => Promise<LabProcess>): Promise<Supervised> {
    const supervised = new Supervised(start);
    await supervised.#process;
    return supervised;
  }

  /** How often it ended unasked. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Ends it for good, also when it is just being started again. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await (await this.#process).end();
  }

  async #run(): Promise<LabProcess> {
    const running = await this.#start();
    void running.ended.then(() => this.#again());
    return running;
  }

  #again(): void {
    if (this.#isEnding) return;
    this.#restarts += 1;
    setTimeout(() => {
      if (!this.#isEnding) this.#process = this.#run();
    }, restartMs);
  }
}
