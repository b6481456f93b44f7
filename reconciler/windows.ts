import type { AdaptationParameters } from './model/snapshot.js';
import type { Trigger } from './ports.js';

/** Passes at set times, as the documents in effect have them. */
export class Windows {
  readonly #schedule: (fields: string, timeZone: string) => Trigger;
  readonly #request: (reason: string) => void;
  #trigger: Trigger | null = null;
  #now = '';

  constructor(schedule: (fields: string, timeZone: string) => Trigger, request: (reason: string) => void) {
    this.#schedule = schedule;
    this.#request = request;
  }

  /** Takes over other times; null ends them. */
  async follow(cron: AdaptationParameters['cron']): Promise<void> {
    const wanted = cron ? `${cron.fields} ${cron.timeZone}` : '';
    if (wanted === this.#now) return;
    await this.stop();
    this.#now = wanted;
    if (!cron) return;
    this.#trigger = this.#schedule(cron.fields, cron.timeZone);
    await this.#trigger.start(this.#request);
  }

  async stop(): Promise<void> {
    await this.#trigger?.stop();
    this.#trigger = null;
    this.#now = '';
  }
}
