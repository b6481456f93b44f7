import type { JournalRecord } from '../reconciler/ports.js';
import type { DemandLine } from '../schema/generated/types.js';

/** A demand that is another than it was; null: there was none, or is none any more. */
export interface DemandChange {
  source: string;
  destination: string;
  beforeMbps: number | null;
  afterMbps: number | null;
}

/** What a path gives is another than was known; null: not known. */
export interface GivenChange {
  from: string;
  to: string;
  beforeMbps: number | null;
  afterMbps: number | null;
}

/** Demands that changed by more than `threshold` of the larger rate, the largest change first. */
export function demandChanges(before: JournalRecord | null, now: JournalRecord, threshold: number): DemandChange[] {
  const was = byPair(before?.plan?.decision.demands ?? []);
  const is = byPair(now.plan?.decision.demands ?? []);
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .flatMap((pair): DemandChange[] => {
      const [old, line] = [was.get(pair), is.get(pair)];
      const known = line ?? old;
      const [beforeMbps, afterMbps] = [old?.rateMbps ?? null, line?.rateMbps ?? null];
      if (known === undefined || !hasChanged(beforeMbps, afterMbps, threshold)) return [];
      return [{ source: known.source, destination: known.destination, beforeMbps, afterMbps }];
    })
    .sort(largestFirst);
}

/** Paths between hosts of which something else is known, where plans were made by measured capacities. The largest change first. */
export function givenChanges(before: JournalRecord | null, now: JournalRecord, threshold: number): GivenChange[] {
  if (now.plan === null || now.plan.decision.capacities === 'nominal') return [];
  const was = new Map((before?.observed.paths ?? []).map((path) => [`${path.from} ${path.to}`, path]));
  return (now.observed.paths ?? [])
    .flatMap((path): GivenChange[] => {
      const { from, to } = path;
      const old = was.get(`${from} ${to}`);
      const [beforeMbps, afterMbps] = [old?.capacityMbps ?? null, path.capacityMbps ?? null];
      return hasChanged(beforeMbps, afterMbps, threshold) ? [{ from, to, beforeMbps, afterMbps }] : [];
    })
    .sort(largestFirst);
}

function byPair(demands: readonly DemandLine[]): Map<string, DemandLine> {
  return new Map(demands.map((line) => [`${line.source} ${line.destination}`, line]));
}

function hasChanged(before: number | null, after: number | null, threshold: number): boolean {
  if (before === null || after === null) return before !== after;
  return Math.abs(after - before) > threshold * Math.max(before, after);
}

type Change = Pick<DemandChange, 'beforeMbps' | 'afterMbps'>;

function largestFirst(a: Change, b: Change): number {
  const size = ({ beforeMbps, afterMbps }: Change) => Math.abs((afterMbps ?? 0) - (beforeMbps ?? 0));
  return size(b) - size(a);
}
