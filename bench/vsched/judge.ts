import type { Samples } from './sampler.js';
import type { Got, Trace } from './trace.js';

/** A time in which the machine below took something from a processor. */
export interface Window {
  fromNs: number;
  toNs: number;
}

/** What a schedule promises, and the time in which it is judged. */
export interface Promised {
  periodNs: number;
  sliceNs: number;
  fromNs: number;
  toNs: number;
  /** Periods begin at this much more than a multiple of the period. */
  phaseNs: number;
}

/** What came of it, in whole periods. */
export interface Verdict {
  /** Of which nothing was taken away: all that follows is about these. */
  periods: number;
  setApart: number;
  /** Less than 99 % of the slice was delivered. */
  missed: number;
  /** Delivered, as a share of the time; by the kernel's clock and by what the process saw. */
  share: number;
  seenShare: number;
  /** Likewise, less than 99 % by what the process saw. */
  seenMissed: number;
}

const enough = 0.99;

/** What a process had got at the ends of its periods, where that is known. */
export type Clock = (ns: number) => Got | undefined;

/** By the notes of the process, which say little of what it cost to stop it and to let it go on. */
export const noted =
  (trace: Trace): Clock =>
  (ns) =>
    trace.at(ns);

/** By the clock of its processor time, as it was read then. */
export const sampled =
  (trace: Trace, samples: Samples): Clock =>
  (ns) => {
    const [usedNs, got] = [samples.get(ns), trace.at(ns)];
    return usedNs === undefined || got === undefined ? undefined : { usedNs, ranNs: got.ranNs };
  };

/** Judges every whole period by what the process got between its ends. */
export function judge(clock: Clock, promised: Promised, stolen: readonly Window[]): Verdict {
  const { periodNs, sliceNs, fromNs, toNs, phaseNs } = promised;
  const verdict = { periods: 0, setApart: 0, missed: 0, share: 0, seenShare: 0, seenMissed: 0 };
  const first = Math.ceil((fromNs - phaseNs) / periodNs) * periodNs + phaseNs;
  for (let startNs = first; startNs + periodNs <= toNs; startNs += periodNs) {
    const endNs = startNs + periodNs;
    const [before, after] = [clock(startNs), clock(endNs)];
    if (before === undefined || after === undefined) continue;
    if (stolen.some((window) => window.fromNs < endNs && window.toNs > startNs)) {
      verdict.setApart++;
      continue;
    }
    const [usedNs, ranNs] = [after.usedNs - before.usedNs, after.ranNs - before.ranNs];
    verdict.periods++;
    verdict.share += usedNs;
    verdict.seenShare += ranNs;
    verdict.missed += Number(usedNs < enough * sliceNs);
    verdict.seenMissed += Number(ranNs < enough * sliceNs);
  }
  const timeNs = verdict.periods * periodNs;
  return { ...verdict, share: verdict.share / timeNs, seenShare: verdict.seenShare / timeNs };
}

const phases = 20;

/** For who keeps periods that begin nobody knows when: as if they began when it looks best. */
export function judgeAtBest(clock: Clock, promised: Omit<Promised, 'phaseNs'>, stolen: readonly Window[]): Verdict {
  const verdicts = Array.from({ length: phases }, (_, part) =>
    judge(clock, { ...promised, phaseNs: (promised.periodNs * part) / phases }, stolen),
  );
  return verdicts.reduce((best, each) =>
    each.missed / each.periods < best.missed / best.periods || best.periods === 0 ? each : best,
  );
}
