import type {
  Adjustment,
  Approval,
  Condition,
  JournalEntry,
  Observed,
  Outcome,
  Placement,
  Plan,
  Signer,
} from '../schema/generated/types.js';
import { datedConditions, draftConditions, type PassFacts } from './conditions.js';
import { stepsOf } from './gang-conditions.js';
import type { Knowledge } from './knowledge.js';
import { digest } from './model/canonical.js';
import type { Snapshot } from './model/snapshot.js';
import { renderMarkdown } from './plan/render-markdown.js';
import { stateDigest } from './plan/state-digest.js';
import type { Clock, Journal, Log } from './ports.js';
import { reportedState } from './state-after.js';

/** What there is to record of one pass. */
export interface Record {
  verdict: JournalEntry['verdict'];
  plan: Plan | null;
  outcomes: Outcome[];
  observed: Observed;
  actor: string;
  trigger: string;
  /** Who let the plan pass; null: nobody had to. */
  approval: Approval | null;
  /** What was found worse than before a change, and what was done about it; told even if it has not changed since the last entry. */
  news?: Pick<JournalEntry, 'verification' | 'quarantined' | 'proposal'>;
}

interface RecorderPorts {
  journal: Journal;
  clock: Clock;
  log: Log;
}

const longestTrigger = 256;

/** What was seen is recorded at most so often, and only if something has changed that decisions depend on. */
const observeAfterMs = 15 * 60_000;
/** One after so long even so: who reads it can tell a quiet fleet from a reconciler that has ended. */
const heartbeatMs = 6 * 3_600_000;

/** Keeps the conditions, and writes the journal: an entry for every pass that did or refused something new. */
export class Recorder {
  conditions: Condition[] = [];
  readonly #ports: RecorderPorts;
  readonly #knowledge: Knowledge;
  /** What was recorded last: the same refusal, or the same failure of the same plan, is not recorded again and again. */
  #last = '';
  #facts: PassFacts | null = null;
  /** When anything was recorded last, ms since the epoch; null until the journal was asked. */
  #recordedAtMs: number | null = null;
  /** Digest of what a decision could depend on when it was. */
  #seen: string | null = null;

  constructor(ports: RecorderPorts, knowledge: Knowledge) {
    this.#ports = ports;
    this.#knowledge = knowledge;
  }

  /** The fleet is as wanted again: a refusal from now on is news, even if it was met before. */
  recovered(): void {
    this.#last = '';
  }

  updateConditions(known: Omit<PassFacts, 'gangs' | 'drift' | 'quarantines'>): void {
    const gangs = known.snapshot ? this.#knowledge.lockStep.gangs(known.snapshot) : [];
    const drift = known.snapshot ? this.#knowledge.left.driftIn(known.snapshot) : [];
    const quarantines = this.#knowledge.quarantines();
    const facts = { ...known, gangs, drift, quarantines };
    this.#facts = facts;
    this.conditions = datedConditions(draftConditions(facts), this.conditions, this.#nowText());
  }

  /** Between passes: the fleet is now so. True when some condition has changed. */
  fleetSeen(snapshot: Snapshot): boolean {
    if (this.#facts === null) return false;
    const isSameSteps = stepsOf(this.#facts.gangs) === stepsOf(this.#knowledge.lockStep.gangs(snapshot));
    if (isSameSteps && isSameFleet(this.#facts.snapshot, snapshot)) return false;
    const before = JSON.stringify(this.conditions);
    this.updateConditions({ ...this.#facts, snapshot });
    return JSON.stringify(this.conditions) !== before;
  }

  /** Returns the commit; null when the same refusal or failure stands there already, or when the journal cannot be written. */
  async write(record: Record): Promise<string | null> {
    const { verdict, plan, outcomes, observed, actor, trigger, approval, news } = record;
    const { journal, log } = this.#ports;
    const { problem, source, signer } = this.#knowledge.documents;
    const problems = this.conditions.filter(isOfPass).map(({ message }) => message);
    const failures = outcomes.map(({ status, message }) => `${status} ${message}`);
    const key = [verdict, problem?.source, plan?.basis.stateDigest, ...problems, ...failures].join('\n');
    // Nothing was tried, and why has been recorded.
    if (outcomes.length > 0 && outcomes.every(({ status }) => status === 'skipped')) return null;
    const isRepeated = key === this.#last;
    const isOld = isRepeated && news?.quarantined === undefined;
    if (isOld && (outcomes.length === 0 || verdict === 'partial')) return this.writeSeen(observed);
    const placement = this.#knowledge.placement();
    const told = verdict === 'refused' && problem?.source ? problem : { source, signer };
    const appended = await journal.append({
      entry: {
        at: this.#nowText(),
        actor,
        trigger: trigger.slice(0, longestTrigger),
        source: told.source,
        ...signedBy(told.signer),
        verdict,
        planHash: plan?.hash ?? null,
        outcomes,
        conditions: this.conditions,
        placement,
        ...(approval === null ? {} : { approval }),
        ...news,
      },
      plan,
      planMarkdown: plan && renderMarkdown(plan),
      observed,
    });
    if (appended.kind === 'failed') {
      log('error', appended.message);
      return null;
    }
    if (!appended.pushed) log('warn', appended.message);
    this.#last = key;
    this.#recorded(placement, observed);
    return appended.commit;
  }

  /**
   * What was seen, for whoever asks what a change would do: nothing was done, so no other entry tells. Returns the commit; null when
   * something was recorded not long ago, or when the journal cannot be written.
   */
  async writeSeen(observed: Observed): Promise<string | null> {
    const { journal, log } = this.#ports;
    if (!(await this.#isDue(observed))) return null;
    const placement = this.#knowledge.placement();
    const { source, signer } = this.#knowledge.documents;
    const appended = await journal.append({
      entry: {
        at: this.#nowText(),
        actor: 'virtuoso',
        trigger: 'nothing was recorded for a while',
        source,
        ...signedBy(signer),
        verdict: 'observed',
        planHash: null,
        outcomes: [],
        conditions: this.conditions,
        placement,
      },
      plan: null,
      planMarkdown: null,
      observed,
    });
    if (appended.kind === 'failed' || !appended.pushed) log('warn', appended.message);
    if (appended.kind === 'failed') return null;
    this.#recorded(placement, observed);
    return appended.commit;
  }

  async #isDue(observed: Observed): Promise<boolean> {
    const latest = this.#recordedAtMs === null ? await this.#ports.journal.latest() : null;
    this.#recordedAtMs ??= latest === null ? Number.NEGATIVE_INFINITY : Date.parse(latest.entry.at);
    const ageMs = this.#ports.clock.nowMs() - this.#recordedAtMs;
    return ageMs >= heartbeatMs || (ageMs >= observeAfterMs && this.#seen !== decisive(observed));
  }

  #recorded(placement: Placement[], observed: Observed): void {
    this.#recordedAtMs = this.#ports.clock.nowMs();
    this.#seen = decisive(observed);
    this.#knowledge.placementRecorded(placement);
  }

  /** What users have changed, without a pass. False when the journal cannot be written. */
  async writeAdjustments(adjustments: Adjustment[]): Promise<boolean> {
    const { journal, log } = this.#ports;
    const observed = this.#knowledge.observed();
    const placement = this.#knowledge.placement();
    const { source, signer } = this.#knowledge.documents;
    const appended = await journal.append({
      entry: {
        at: this.#nowText(),
        actor: [...new Set(adjustments.map(({ key }) => key))].join(', ').slice(0, longestTrigger),
        trigger: 'users have changed schedules',
        source,
        ...signedBy(signer),
        verdict: 'adjusted',
        planHash: null,
        outcomes: [],
        conditions: this.conditions,
        placement,
        adjustments,
      },
      plan: null,
      planMarkdown: null,
      observed,
    });
    if (appended.kind === 'failed' || !appended.pushed) log('warn', appended.message);
    if (appended.kind === 'appended') this.#recorded(placement, observed);
    return appended.kind === 'appended';
  }

  /** What an operator lets be decided again. */
  async writeLifted(lifted: string[], actor: string): Promise<void> {
    const { journal, log } = this.#ports;
    const placement = this.#knowledge.placement();
    const { source, signer } = this.#knowledge.documents;
    const appended = await journal.append({
      entry: {
        at: this.#nowText(),
        ...{ actor, trigger: 'a quarantine was lifted', source, ...signedBy(signer) },
        ...{ verdict: 'lifted', planHash: null, outcomes: [], conditions: this.conditions, placement, lifted },
      },
      ...{ plan: null, planMarkdown: null, observed: this.#knowledge.observed() },
    });
    if (appended.kind === 'failed' || !appended.pushed) log('warn', appended.message);
  }

  #nowText(): string {
    return new Date(this.#ports.clock.nowMs()).toISOString();
  }
}

function signedBy(signer: Signer | null): Pick<JournalEntry, 'signer'> {
  return signer === null ? {} : { signer };
}

/** Digest of what decisions depend on, without what changes from one moment to the next. */
function decisive(observed: Observed): string {
  const { hosts, traffic, outages = [] } = observed;
  const state = stateDigest(reportedState(observed));
  const connected = hosts.map(({ host, connected, capabilities }) => ({ host, connected, capabilities }));
  return digest({ state, connected, demands: traffic.demands, outages });
}

/** Whether both are of the same reports, and nothing else that conditions tell of has changed. */
function isSameFleet(before: Snapshot | null, now: Snapshot): boolean {
  const isSameReports = before?.hosts === now.hosts && before.vms === now.vms && before.current === now.current;
  return isSameReports && JSON.stringify(before.outages) === JSON.stringify(now.outages);
}

/** What keeps a pass from its end, other than what comes and goes between passes. */
function isOfPass({ object, status }: Condition): boolean {
  return status === 'False' && !/^(link|virtual-network)\//.test(object);
}
