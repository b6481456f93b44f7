import type { Quarantine } from '../schema/generated/types.js';
import type { JournalRecord } from './ports.js';

/** As many are kept; the newest. */
const most = 32;

/** What was taken back and is not decided again for a while. The journal remembers it for the next process. */
export class Quarantines {
  #all: Quarantine[] = [];

  /** What a run before this one had left, from the newest entry of the journal. */
  recall(latest: JournalRecord | null): void {
    if (latest === null) return;
    const { entry, observed } = latest;
    const lifted = new Set(entry.lifted ?? []);
    this.#all = [];
    for (const each of [...(observed.quarantines ?? []), ...(entry.quarantined ? [entry.quarantined] : [])])
      if (!lifted.has(each.plan)) this.add(each);
  }

  add(quarantine: Quarantine): void {
    this.#all = [...this.#all.filter(({ plan }) => plan !== quarantine.plan), quarantine].slice(-most);
  }

  /** Those that have not ended, whatever documents they were of, the oldest first. */
  at(nowMs: number): Quarantine[] {
    this.#all = this.#all.filter(({ untilMs }) => untilMs > nowMs);
    return this.#all;
  }

  /** Ends those of a plan, or all; returns the plans of those that were ended. */
  lift(plan: string | null): string[] {
    const lifted = this.#all.filter((each) => plan === null || each.plan === plan);
    this.#all = this.#all.filter((each) => !lifted.includes(each));
    return lifted.map((each) => each.plan);
  }
}
