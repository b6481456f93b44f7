import { Cron } from 'croner';
import type { Calendar, Trigger } from '../ports.js';

/** Where a day of the month and a day of the week are both stated, either will do, as cron(8) has it. */
const manner = { sloppyRanges: true, domAndDow: false };

/** Asks for a pass at set times. */
export class CronTrigger implements Trigger {
  readonly #fields: string;
  readonly #timeZone: string;
  #cron: Cron | null = null;

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
    this.#cron = new Cron(this.#fields, { ...manner, timezone: this.#timeZone }, () => onChange(reason));
  }

  async stop(): Promise<void> {
    this.#cron?.stop();
    this.#cron = null;
  }
}

/** Times by cron fields, with what time zones do to their clocks. */
export class CronCalendar implements Calendar {
  readonly #known = new Map<string, Cron>();

  next(fields: string, timeZone: string, afterMs: number): number | null {
    const key = `${fields} ${timeZone}`;
    const cron = this.#known.get(key) ?? new Cron(fields, { ...manner, timezone: timeZone, paused: true });
    this.#known.set(key, cron);
    return cron.nextRun(new Date(afterMs))?.getTime() ?? null;
  }
}
