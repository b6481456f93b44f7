import type { AdjustedSchedule, Adjustment } from '../schema/generated/types.js';
import type { Snapshot } from './model/snapshot.js';
import type { Journal } from './ports.js';

/** How long a choice stands before the journal tells of it: who looks for a schedule with arrow keys tries many. */
const standsMs = 5000;

/** By so much clocks of hosts may differ from the journal's. */
const clockSlackMs = 24 * 3600 * 1000;

/** What users put in place of schedules, for the journal: each choice that stands for a while, once. */
export class Adjustments {
  readonly #journal: Pick<Journal, 'entries'>;
  /** By VM: the newest choice that hosts report, and since when. */
  readonly #seen = new Map<string, { atMs: number; sinceMs: number }>();
  /** By VM: the newest choice that the journal tells of; null if it tells of none. */
  readonly #recorded = new Map<string, Adjustment | null>();

  constructor(journal: Pick<Journal, 'entries'>) {
    this.#journal = journal;
  }

  /** To be called about once a sampling interval. @returns choices that stand, and are not known to be in the journal, by VM */
  due({ vms }: Pick<Snapshot, 'vms'>, nowMs: number): Adjustment[] {
    return vms.flatMap((vm) => {
      const adjusted = vm.schedule?.adjusted;
      if (adjusted === undefined || vm.host === null) return [];
      const { atMs } = adjusted;
      const seen = this.#seen.get(vm.name);
      if (seen?.atMs !== atMs) this.#seen.set(vm.name, { atMs, sinceMs: nowMs });
      if (seen?.atMs !== atMs || nowMs - seen.sinceMs < standsMs) return [];
      const recorded = this.#recorded.get(vm.name);
      if (recorded && Date.parse(recorded.at) >= atMs) return [];
      const found = adjustment(vm.name, vm.host, adjusted, recorded);
      const { before, after } = found;
      // Who tries something, and goes back, has changed nothing.
      return before.periodUs === after.periodUs && before.sliceUs === after.sliceUs ? [] : [found];
    });
  }

  /** Has `write` record what is due, which says whether it did. */
  async record(snapshot: Snapshot, nowMs: number, write: (news: Adjustment[]) => Promise<boolean>): Promise<void> {
    await this.#recall(this.due(snapshot, nowMs));
    const news = this.due(snapshot, nowMs);
    if (news.length > 0 && (await write(news))) for (const each of news) this.#recorded.set(each.vm, each);
  }

  /** Looks up what earlier processes have recorded of these VMs. Once for each, and as far back as it may be. */
  async #recall(due: readonly Adjustment[]): Promise<void> {
    const unknown = due.filter(({ vm }) => !this.#recorded.has(vm));
    if (unknown.length === 0) return;
    for (const { vm } of unknown) this.#recorded.set(vm, null);
    const sinceMs = Math.min(...unknown.map(({ at }) => Date.parse(at))) - clockSlackMs;
    for await (const read of this.#journal.entries()) {
      if (read.kind === 'unreadable') continue;
      if (Date.parse(read.entry.at) < sinceMs) break;
      for (const each of read.entry.adjustments ?? [])
        if (this.#recorded.get(each.vm) === null) this.#recorded.set(each.vm, each);
    }
  }
}

function adjustment(
  vm: string,
  host: string,
  { statedPeriodUs, statedSliceUs, periodUs, sliceUs, key, atMs }: AdjustedSchedule,
  last: Adjustment | null | undefined,
): Adjustment {
  const stated = { periodUs: statedPeriodUs, sliceUs: statedSliceUs };
  const isSame = last?.stated.periodUs === statedPeriodUs && last.stated.sliceUs === statedSliceUs;
  const before = last && isSame ? last.after : stated;
  return { vm, host, key, stated, before, after: { periodUs, sliceUs }, at: new Date(atMs).toISOString() };
}
