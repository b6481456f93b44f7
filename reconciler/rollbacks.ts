import type { Observed, Plan, Proposal, Quarantine, RollbackRequest, WayBack } from '../schema/generated/types.js';
import type { RollbackResult } from './api/live.js';
import type { Decide } from './deciding.js';
import type { Knowledge } from './knowledge.js';
import type { Snapshot } from './model/snapshot.js';
import { configurationOf } from './plan/configuration-of.js';
import type { Clock, Journal, JournalRecord, Proposals } from './ports.js';
import type { Record } from './recorder.js';
import { stateAfter } from './state-after.js';
import { extentOf } from './touched-pairs.js';

interface RollbackPorts {
  journal: Journal;
  clock: Clock;
  proposals?: Proposals;
}

/** A saved plan that goes back and is about to be carried out. */
export interface GoingBackNow {
  kind: 'opened';
  verdict: 'applied' | 'reverted';
  /** What it was decided upon; null: what is seen now. */
  observed: Observed | null;
  /** To be called once it was carried out: what is to be recorded besides. */
  carriedOut(snapshot: Snapshot): NonNullable<Record['news']>;
}

/** Plans that are shown and may be applied; the oldest of more are forgotten. */
const mostDrafts = 16;

/** Ways back to what entries of the journal left: plans to be looked at and then applied, or documents to be proposed. */
export class Rollbacks {
  readonly #knowledge: Knowledge;
  readonly #ports: RollbackPorts;
  readonly #decide: Decide;
  /** By hash of the plan: what it was decided upon, which is recorded with it so that it replays. */
  readonly #drafts = new Map<string, Observed>();

  constructor(knowledge: Knowledge, ports: RollbackPorts, decide: Decide) {
    this.#knowledge = knowledge;
    this.#ports = ports;
    this.#decide = decide;
  }

  async plan({ entry: wanted, propose = false }: RollbackRequest): Promise<RollbackResult> {
    const found = await this.#entry(wanted);
    if (found === null) {
      const message = `The journal has no entry ${wanted}: \`virtuoso history\` lists them.`;
      return { kind: 'not-found', message };
    }
    await this.#knowledge.refresh();
    return propose ? this.#propose(found) : this.#draft(found);
  }

  /** To be asked of each saved plan: null for one that goes back to nothing. */
  opened(plan: Plan): { kind: 'stale'; message: string } | GoingBackNow | null {
    const { back } = plan.decision;
    if (back === undefined) return null;
    if (back.cause === 'regression') {
      const carriedOut = () => this.#knowledge.verification.wentBack();
      return { kind: 'opened', verdict: 'reverted', observed: null, carriedOut };
    }
    const observed = this.#drafts.get(plan.hash);
    if (observed === undefined) {
      return {
        kind: 'stale',
        message: 'This reconciler did not make that plan, or has forgotten it: ask for it anew.',
      };
    }
    const carriedOut = (snapshot: Snapshot) => {
      return { quarantined: this.#hold(plan, observed.back?.reason ?? '', snapshot.adaptation.verify.quarantineMs) };
    };
    return { kind: 'opened', verdict: 'applied', observed, carriedOut };
  }

  /** What a plan that goes back has brought about is not decided otherwise for a while. */
  #hold(plan: Plan, reason: string, quarantineMs: number): Quarantine {
    const sinceMs = this.#ports.clock.nowMs();
    const { documentsDigest } = plan.basis;
    const quarantine: Quarantine = {
      ...{ plan: plan.hash, cause: 'rollback', documentsDigest, reason },
      ...{ sinceMs, untilMs: sinceMs + quarantineMs },
      ...extentOf([plan]),
    };
    this.#drafts.delete(plan.hash);
    this.#knowledge.verification.quarantines.add(quarantine);
    return quarantine;
  }

  async #entry(wanted: string): Promise<JournalRecord | null> {
    const isPass = /^[0-9]{1,6}$/.test(wanted);
    for await (const read of this.#ports.journal.entries()) {
      if (read.kind === 'unreadable') continue;
      if (isPass ? read.entry.pass === Number(wanted) : read.commit.startsWith(wanted)) return read;
    }
    return null;
  }

  async #draft(record: JournalRecord): Promise<RollbackResult> {
    const observed = { ...this.#knowledge.observed(), back: wayTo(record) };
    const decided = await this.#decide({ ...this.#knowledge.documents, observed });
    if (decided.kind !== 'planned') {
      const message = decided.kind === 'rejected' ? 'The documents in effect are not valid.' : decided.message;
      return { kind: 'impossible', message };
    }
    const { plan } = decided;
    if (plan.decision.back === undefined) {
      const advice =
        'Where documents ask for something else by now, take them back: `virtuoso rollback --documents` proposes that.';
      return { kind: 'impossible', message: `${plan.decision.reason} ${advice}` };
    }
    this.#drafts.set(plan.hash, observed);
    for (const hash of [...this.#drafts.keys()].slice(0, -mostDrafts)) this.#drafts.delete(hash);
    return { kind: 'planned', plan };
  }

  async #propose({ commit, entry }: JournalRecord): Promise<RollbackResult> {
    const { proposals } = this.#ports;
    if (proposals === undefined) {
      return {
        kind: 'impossible',
        message: 'This reconciler proposes nothing: its documents are not from a git repository.',
      };
    }
    const onto = this.#knowledge.documents.source;
    const branch = `virtuoso/rollback-${commit.slice(0, 12)}`;
    const what = `Take documents back to what pass ${entry.pass} was decided from`;
    const message = `${what}\n\nPass ${entry.pass} of ${entry.at} read them at ${entry.source}.\n`;
    const made = await proposals.propose({ branch, from: entry.source, onto, message });
    if (made.kind === 'failed') return { kind: 'impossible', message: made.message };
    const told = `The branch ${branch} has the documents of ${entry.source.slice(0, 12)}: review it, and merge it if that is wanted.`;
    const proposal: Proposal = { branch, commit: made.commit, message: told };
    return { kind: 'proposed', proposal };
  }
}

function wayTo(record: JournalRecord): WayBack {
  const { commit, entry } = record;
  const { mapping, paths } = configurationOf(stateAfter(record));
  const placement = [...mapping].map(([vm, host]) => ({ vm, host })).sort((a, b) => (a.vm < b.vm ? -1 : 1));
  const reason = `Back to what pass ${entry.pass} of ${entry.at} left.`;
  return { cause: 'rollback', to: commit, reason, placement, paths };
}
