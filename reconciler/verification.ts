import type { JournalEntry, Plan, Quarantine, Verification, WayBack } from '../schema/generated/types.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import type { Gate } from './gate.js';
import { documentsDigest } from './model/documents-digest.js';
import type { Snapshot } from './model/snapshot.js';
import { rounded } from './pass/score-line.js';
import type { JournalRecord, Log } from './ports.js';
import { Quarantines } from './quarantines.js';
import { regressionText } from './regression-text.js';
import { extentOf } from './touched-pairs.js';
import { type Before, configurationBefore, type Regressed, type SentBetween, type Trial, Trials } from './trials.js';
import type { PassVerdict } from './verdict.js';

/** What was measured and found worse, and what is to be done about it. */
export interface Regression {
  verification: Verification;
  back: WayBack;
  quarantine: Quarantine;
  trial: Trial;
  /** How many passes have tried to go back. */
  attempts: number;
}

/** What an entry of the journal tells of it. */
export type RegressionNews = Pick<JournalEntry, 'verification' | 'quarantined'>;

/** Passes that may break off on the way back until the fleet is decided upon anew. */
const mostAttempts = 3;

/** Holds what plans predicted against what came of them, and keeps what was taken back from being decided again. */
export class PlanVerification {
  readonly quarantines = new Quarantines();
  readonly #trials = new Trials();
  readonly #log: Log;
  #regression: Regression | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  /** What waits to be taken back; null if nothing does. */
  get regression(): Regression | null {
    return this.#regression;
  }

  recall(latest: JournalRecord | null): void {
    this.quarantines.recall(latest);
  }

  /** To be called with the documents of each pass. */
  follow(documents: readonly LocatedDocument[]): void {
    const digest = documentsDigest(documents);
    this.#trials.keep(digest);
    if (this.#regression?.trial.documentsDigest !== digest) this.#regression = null;
  }

  begin(plan: Plan, before: Before, windowMs: number): void {
    this.#trials.begin(plan, before, windowMs);
  }

  end(nowMs: number): void {
    this.#trials.end(nowMs);
  }

  /** To be called about once a sampling interval. True when something has just been found to be worse. */
  look(snapshot: Snapshot, sent: SentBetween, windowMs: number): boolean {
    const found = this.#trials.look(snapshot, sent, windowMs);
    if (found.kind === 'held')
      this.#log('info', `What was changed last has been measured: it is not worse than before.`);
    if (found.kind !== 'regressed') return false;
    this.#regression = regressionOf(found, snapshot);
    this.quarantines.add(this.#regression.quarantine);
    this.#log('warn', this.#regression.back.reason);
    return true;
  }

  /** Somebody has had the way back applied. */
  wentBack(): RegressionNews {
    const { verification } = this.#regression ?? {};
    this.#regression = null;
    return verification === undefined ? {} : { verification };
  }

  /** To be called with what became of a pass while there is a regression: its verdict, and what is to be told of it, once. */
  judged(
    verdict: PassVerdict,
    plan: Plan | null,
    gate: Gate,
  ): { verdict: PassVerdict; news: RegressionNews | null; isNew: boolean } {
    const regression = this.#regression;
    if (regression === null) return { verdict, news: null, isNew: false };
    regression.attempts += 1;
    const isNew = regression.attempts === 1;
    const { verification, quarantine } = regression;
    const news = { verification, ...(isNew ? { quarantined: quarantine } : {}) };
    const isBack = plan?.decision.back !== undefined;
    const goesOn = gate.kind === 'held' || (verdict === 'partial' && regression.attempts < mostAttempts);
    if (!(isBack && goesOn)) this.#regression = null;
    if (isBack && verdict === 'applied') return { verdict: 'reverted', news, isNew };
    return { verdict: verdict === 'converged' ? 'regressed' : verdict, news, isNew };
  }
}

function regressionOf({ trial, plans, untilMs, comparison }: Regressed, { nowMs, adaptation }: Snapshot): Regression {
  const [first, last] = [plans[0], plans.at(-1)];
  if (!first || !last) throw new Error('a trial has no plan');
  const { isRegression: _, expectedMbps, lostMbps, changed, beside, elsewhere } = comparison;
  const told = (each: Verification['changed']) => {
    return { ...each, beforeMbps: rounded(each.beforeMbps), afterMbps: rounded(each.afterMbps) };
  };
  const verification: Verification = {
    plans: plans.map(({ hash }) => hash),
    from: new Date(trial.beganMs).toISOString(),
    until: new Date(untilMs).toISOString(),
    predicted: { before: first.decision.before, after: last.decision.after },
    ...{ changed: told(changed), beside: told(beside), elsewhere: told(elsewhere) },
    ...{ expectedMbps: rounded(expectedMbps), lostMbps: rounded(lostMbps), margin: adaptation.verify.margin },
  };
  const reason = regressionText(verification);
  const quarantine: Quarantine = {
    ...{ plan: first.hash, cause: 'regression', documentsDigest: trial.documentsDigest, reason },
    ...{ sinceMs: nowMs, untilMs: nowMs + adaptation.verify.quarantineMs },
    ...extentOf(plans),
  };
  const back: WayBack = { cause: 'regression', to: first.hash, reason, ...configurationBefore(trial) };
  return { verification, back, quarantine, trial, attempts: 0 };
}
