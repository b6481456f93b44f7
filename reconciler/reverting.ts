import type { Plan, Proposal } from '../schema/generated/types.js';
import type { Decide } from './deciding.js';
import type { Gate } from './gate.js';
import type { Knowledge } from './knowledge.js';
import type { Log, Proposals } from './ports.js';
import type { Record } from './recorder.js';
import type { StandingDocuments } from './standing-documents.js';
import type { PassVerdict } from './verdict.js';
import type { Regression } from './verification.js';

/** What a pass with a regression comes to, and asks people to take the documents back where they are to blame. */
export class Reverting {
  readonly #knowledge: Knowledge;
  readonly #ports: { log: Log; proposals?: Proposals };
  readonly #decide: Decide;

  constructor(knowledge: Knowledge, ports: { log: Log; proposals?: Proposals }, decide: Decide) {
    this.#knowledge = knowledge;
    this.#ports = ports;
    this.#decide = decide;
  }

  async judge(
    passed: PassVerdict,
    plan: Plan | null,
    gate: Gate,
  ): Promise<{ verdict: PassVerdict; regression: Pick<Record, 'news'> }> {
    const { verification } = this.#knowledge;
    const { regression } = verification;
    const { verdict, news, isNew } = verification.judged(passed, plan, gate);
    if (regression === null || news === null) return { verdict, regression: {} };
    const proposal = isNew ? await this.#propose(regression) : null;
    return { verdict, regression: { news: { ...news, ...(proposal === null ? {} : { proposal }) } } };
  }

  async #propose(regression: Regression): Promise<Proposal | null> {
    const { proposals, log } = this.#ports;
    const { older, documents } = this.#knowledge;
    if (proposals === undefined || older === null || !(await this.#isPolicys(regression, older))) return null;
    const { back, verification } = regression;
    const branch = `virtuoso/revert-${back.to.replace('sha256:', '').slice(0, 12)}`;
    const undone = `${documents.source.slice(0, 12)} to what ${older.source.slice(0, 12)} had`;
    const message = `Take documents back from ${undone}\n\n${back.reason}\n\nPlans: ${verification.plans.join(', ')}\n`;
    const made = await proposals.propose({ branch, from: older.source, onto: documents.source, message });
    if (made.kind === 'proposed') {
      const told = `The branch ${branch} takes documents back from ${undone}: review it, and merge it if that is wanted.`;
      log('warn', told);
      return { branch, commit: made.commit, message: told };
    }
    log('warn', made.message);
    return { branch, commit: null, message: made.message };
  }

  /** Whether the documents before would have decided otherwise from what was seen. */
  async #isPolicys({ trial }: Regression, older: StandingDocuments): Promise<boolean> {
    const [plan] = trial.plans;
    const { observed } = trial.before;
    if (plan === undefined) return false;
    const before = await this.#decide({ documents: older.documents, source: older.source, observed });
    const result = ({ decision }: Plan) =>
      JSON.stringify([
        decision.mapping.map(({ vm, to }) => [vm, to]),
        decision.paths.map(({ source, destination, hosts }) => [source, destination, hosts]),
      ]);
    return before.kind !== 'planned' || result(before.plan) !== result(plan);
  }
}
