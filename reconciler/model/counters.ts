/** Growing counters of one host, as last read. A plain value. */
export interface Reading {
  /** Identifies one life of the counters. */
  epoch: string;
  /** Epochs that have ended, the newest last: what still arrives of them is late. */
  ended: string[];
  sequence: number;
  /** On the agent's clock. */
  atMs: number;
  totals: Record<string, number>;
}

/** What the counters have grown by between two readings. */
export interface Advance {
  durationMs: number;
  amounts: Record<string, number>;
}

/** Epochs remembered as ended; more restarts than this while one message is under way are not expected. */
const endedKept = 8;

/**
 * Takes the next reading. Null when it is late or a duplicate. `advance` is null when there is nothing to compare with: the
 * first reading of an epoch, or a clock that was set back. A counter that shrank has restarted from zero; one that is missing
 * from a reading keeps its total, so that its return does not look like a burst.
 */
export function readCounters(
  previous: Reading | undefined,
  next: Omit<Reading, 'ended'>,
): { reading: Reading; advance: Advance | null } | null {
  if (!previous) return { reading: { ...next, ended: [] }, advance: null };
  if (previous.ended.includes(next.epoch)) return null;
  if (next.epoch !== previous.epoch) {
    const ended = [...previous.ended, previous.epoch].slice(-endedKept);
    return { reading: { ...next, ended }, advance: null };
  }
  if (next.sequence <= previous.sequence) return null;
  const totals = { ...previous.totals, ...next.totals };
  const reading = { ...next, totals, ended: previous.ended };
  const durationMs = next.atMs - previous.atMs;
  if (durationMs <= 0) return { reading, advance: null };
  const amounts = Object.fromEntries(
    Object.entries(next.totals).map(([name, total]) => [name, growth(previous.totals[name], total)]),
  );
  return { reading, advance: { durationMs, amounts } };
}

function growth(before: number | undefined, now: number): number {
  return before === undefined || now < before ? now : now - before;
}

/** Bytes in a time to megabits per second. */
export function bytesToMbps(bytes: number, durationMs: number): number {
  return (bytes * 8) / 1000 / durationMs;
}
