import { createTask, type ScheduledTask } from 'node-cron';
import type { Trigger } from '../ports.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };

/** Asks for a pass at set times, and late when the process was too busy at such a time. */
export class CronTrigger implements Trigger {
  readonly #fields: string;
  readonly #timeZone: string;
  #task: ScheduledTask | null = null;

  /**
   * @param fields five or six cron fields, valid
   * @param timeZone IANA name
   */
  constructor(fields: string, timeZone: string) {
    this.#fields = fields;
    this.#timeZone = timeZone;
  }

  async start(onChange: (reason: string) => void): Promise<void> {
    const reason = `window ${this.#fields} (${this.#timeZone})`;
    const options = { timezone: this.#timeZone, noOverlap: true, logger: silent };
    const task = createTask(this.#fields, () => onChange(reason), options);
    task.on('execution:missed', () => onChange(`${reason}, late`));
    this.#task = task;
    await task.start();
  }

  async stop(): Promise<void> {
    await this.#task?.destroy();
    this.#task = null;
  }
}
