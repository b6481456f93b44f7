import type { Observed, Plan, WayBack } from '../schema/generated/types.js';
import type { Snapshot } from './model/snapshot.js';
import { type Comparison, compare, type Rates } from './pass/regression.js';
import { configurationOf } from './plan/configuration-of.js';
import { extentOf, heardPairs, touchedPairs } from './touched-pairs.js';
import type { Sent } from './vttif/sent-between.js';

/** What was sent from one time to another. */
export type SentBetween = (fromMs: number, toMs: number) => Sent;

/** The fleet before a change, and what the change was decided upon. */
export interface Before {
  snapshot: Snapshot;
  observed: Observed;
}

/** A change of the fleet whose effect is to be measured: a plan, and those that followed it too soon to be told from it. */
export interface Trial {
  plans: Plan[];
  documentsDigest: string;
  beganMs: number;
  before: Before;
  /** The time before, since when; null until all hosts have told of it. */
  sinceMs: number;
  parts: Sent[] | null;
}

/** A change that has made it worse, with those that followed it. */
export interface Regressed {
  trial: Trial;
  /** With those of later trials. */
  plans: Plan[];
  untilMs: number;
  comparison: Comparison;
}

export type Looked = { kind: 'nothing' } | { kind: 'held'; plans: Plan[] } | ({ kind: 'regressed' } & Regressed);

const parts = 4;
/** Of a smoothing interval: what follows a change at once is not what it comes to. */
const leadShare = 0.25;
/** Samples to wait for after the window has ended, until the last host has told of it. */
const lateSamples = 2;
/** Changes that follow one another without a time to measure them in between; the oldest of more is taken for good. */
const most = 4;

/**
 * Measures what changes of the fleet have come to. The time before is the smoothing interval until a change begins; the time after is one as long
 * that begins a quarter of one after the last change has ended, so that it is known within one and a half.
 */
export class Trials {
  #trials: Trial[] = [];
  /** When the last change had ended; null while one is under way. */
  #endedMs: number | null = 0;

  /** To be called before a plan is carried out. */
  begin(plan: Plan, before: Before, windowMs: number): void {
    const { documentsDigest } = plan.basis;
    this.keep(documentsDigest);
    const beganMs = before.observed.nowMs;
    const calmMs = (this.#endedMs ?? beganMs) + leadShare * windowMs;
    this.#endedMs = null;
    const last = this.#trials.at(-1);
    const isTelling = isAdapting(plan);
    const sinceMs = Math.max(beganMs - windowMs, calmMs);
    if (last && beganMs - sinceMs < windowMs / 2) last.plans.push(plan);
    else if (isTelling && beganMs - sinceMs >= windowMs / 2)
      this.#trials.push({ plans: [plan], documentsDigest, beganMs, before, sinceMs, parts: null });
    this.#trials = this.#trials.slice(-most);
  }

  /** To be called when it was carried out, whether or not all went well. */
  end(nowMs: number): void {
    this.#endedMs = nowMs;
  }

  /** What documents other than these asked for is not judged any more: a commit is a person's last word. */
  keep(documentsDigest: string): void {
    this.#trials = this.#trials.filter((trial) => trial.documentsDigest === documentsDigest);
  }

  /** To be called about once a sampling interval. What is told of once is not told again. */
  look(snapshot: Snapshot, sent: SentBetween, windowMs: number): Looked {
    const { verify, vttif } = snapshot.adaptation;
    if (this.#endedMs === null || this.#trials.length === 0) return { kind: 'nothing' };
    const lateMs = lateSamples * vttif.samplingIntervalMs;
    // Readings are not kept for ever.
    for (const trial of this.#trials)
      if (snapshot.nowMs >= trial.beganMs + lateMs) trial.parts ??= inParts(sent, trial.sinceMs, trial.beganMs);
    const fromMs = this.#endedMs + leadShare * windowMs;
    const untilMs = fromMs + windowMs;
    if (snapshot.nowMs < untilMs + lateMs) return { kind: 'nothing' };
    const trials = this.#trials;
    this.#trials = [];
    const after = inParts(sent, fromMs, untilMs);
    for (const [place, trial] of [...trials.entries()].reverse()) {
      const plans = trials.slice(place).flatMap((each) => each.plans);
      const comparison = compared(trial, plans, after, snapshot, verify.margin);
      if (comparison.isRegression) return { kind: 'regressed', trial, plans, untilMs: this.#endedMs, comparison };
    }
    return { kind: 'held', plans: trials.flatMap((each) => each.plans) };
  }
}

/** Whether a plan changes where VMs run or how frames travel, for the better: what only puts right what is missing is not judged. */
function isAdapting({ decision, changes }: Plan): boolean {
  if (decision.verdict !== 'adapt' || decision.before === null || decision.back !== undefined) return false;
  return changes.some(({ kind }) => kind === 'guest-move' || kind === 'path');
}

function inParts(sent: SentBetween, fromMs: number, toMs: number): Sent[] {
  const lengthMs = (toMs - fromMs) / parts;
  return Array.from({ length: parts }, (_, part) => sent(fromMs + part * lengthMs, fromMs + (part + 1) * lengthMs));
}

function compared(trial: Trial, plans: readonly Plan[], after: Sent[], snapshot: Snapshot, margin: number): Comparison {
  const before = trial.parts ?? [];
  const all = [...before, ...after];
  const unheard = new Set(all.flatMap((each) => [...each.unheard]));
  const pictures = [trial.before.snapshot, snapshot];
  const names = heardPairs(new Set(all.flatMap(({ rates }) => [...rates.keys()])), unheard, pictures);
  const groups = touchedPairs(names, extentOf(plans), trial.before.snapshot, snapshot);
  const ratesOf = (each: Sent): Rates => each.rates;
  return compare({ before: before.map(ratesOf), after: after.map(ratesOf) }, groups, margin);
}

/** How the fleet was before, as observations name it. */
export function configurationBefore({ before }: Trial): Pick<WayBack, 'placement' | 'paths'> {
  const { mapping, paths } = configurationOf(before.snapshot.current);
  const placement = [...mapping].map(([vm, host]) => ({ vm, host })).sort((a, b) => (a.vm < b.vm ? -1 : 1));
  return { placement, paths };
}
