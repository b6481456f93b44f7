import type { Outcome, Plan } from '../schema/generated/types.js';
import type { CarryOutPorts } from './carry-out.js';
import type { Decide } from './deciding.js';
import type { Admission, Calendar, Journal, Proposals, Source, Trigger } from './ports.js';
import type { PassVerdict } from './verdict.js';

export interface LoopPorts extends CarryOutPorts {
  source: Source;
  triggers: Trigger[];
  journal: Journal;
  admission: Admission;
  /** Where reverts are proposed; left out: nowhere. */
  proposals?: Proposals;
  /** From 0 to 1, each time another: by how much waits differ. */
  random(): number;
  calendar: Calendar;
  /** Makes a trigger of cron fields and a time zone. */
  schedule(fields: string, timeZone: string): Trigger;
  /** Left out: passes decide in this thread, which does nothing else until then. */
  decide?: Decide | undefined;
}

export interface LoopTimes {
  /** How long hosts of the inventory may take to report before VMs are created without having heard of them. */
  startGraceMs: number;
  stepTimeoutMs: number;
}

export const defaultTimes: LoopTimes = { startGraceMs: 15_000, stepTimeoutMs: 30_000 };

/** What one pass came to. */
export interface PassSummary {
  pass: number;
  verdict: PassVerdict;
  plan: Plan | null;
  outcomes: Outcome[];
  /** Commit of its journal entry; null when nothing was recorded. */
  commit: string | null;
}
