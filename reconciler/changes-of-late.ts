import type { Outcome, Plan, RecentChange } from '../schema/generated/types.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import { changesIn } from './model/recent-changes.js';
import type { Journal } from './ports.js';

const hourMs = 3600e3;

/** VMs that plans have stopped and links that they have re-routed in the last hour, where a limit asks for them. */
export class ChangesOfLate {
  /** Null until the journal has been read: no limit has asked yet. */
  #changes: RecentChange[] | null = null;

  /** To be called before each pass: a restart forgets nothing that the journal tells. */
  async recall(documents: readonly LocatedDocument[], journal: Pick<Journal, 'entries'>, nowMs: number): Promise<void> {
    if (!isAsked(documents)) this.#changes = null;
    else this.#changes ??= await recorded(journal, nowMs - hourMs);
  }

  carriedOut(plan: Plan, outcomes: readonly Outcome[], atMs: number): void {
    this.#changes?.push(...changesIn(plan, outcomes, atMs));
  }

  /** As an observation tells them: left out where there are none. */
  since(nowMs: number): { changes?: RecentChange[] } {
    const changes = (this.#changes ?? []).filter(({ atMs }) => atMs > nowMs - hourMs);
    if (this.#changes !== null) this.#changes = [...changes];
    return changes.length > 0 ? { changes } : {};
  }
}

function isAsked(documents: readonly LocatedDocument[]): boolean {
  return documents.some(({ document }) => {
    if (document.kind !== 'ChangeLimit') return false;
    const { maxDeletedSharePerHour, maxReroutedSharePerHour } = document.spec;
    return maxDeletedSharePerHour !== undefined || maxReroutedSharePerHour !== undefined;
  });
}

async function recorded(journal: Pick<Journal, 'entries'>, sinceMs: number): Promise<RecentChange[]> {
  const found: RecentChange[][] = [];
  for await (const read of journal.entries()) {
    if (read.kind === 'unreadable') continue;
    const atMs = Date.parse(read.entry.at);
    if (atMs <= sinceMs) break;
    if (read.plan) found.unshift(changesIn(read.plan, read.entry.outcomes, atMs));
  }
  return found.flat();
}
