import { subjectOf } from '../schema/admission/read-rule.js';
import type { Diagnostic } from '../schema/generated/types.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import { isDenied } from './admission/verdict.js';
import { admit, rulesAmong } from './admit.js';
import { emptied } from './empty-source.js';
import { nextExemptionEnd } from './exemption-ends.js';
import { diagnosticLines } from './policy-conditions.js';
import type { Admission, Clock, Log, Source, SourceRead } from './ports.js';
import { noDocuments, type SourceProblem, type StandingDocuments, standing } from './standing-documents.js';
import { Validations } from './validations.js';

interface TakenDocumentsPorts {
  source: Source;
  admission: Admission;
  clock: Clock;
  log: Log;
}

/** Rules may speak of the time: what they said counts for so long, or until an exemption ends. */
const judgementMs = 60_000;

interface Judged {
  source: string;
  said: Diagnostic[] | null;
  untilMs: number;
}

/**
 * Decides which documents are in effect: the newest that are valid, that keep the rules among them, and that do not empty the fleet by mistake.
 * Others leave in effect what was, also over a restart where the source remembers it.
 */
export class TakenDocuments {
  readonly #ports: TakenDocumentsPorts;
  readonly #validations = new Validations(() => new Promise((resolve) => setImmediate(resolve)));
  #isRecalled = false;
  #judged: Judged | null = null;
  /** Commit that was read last, whether it took effect or not. */
  #read: string | null = null;

  constructor(ports: TakenDocumentsPorts) {
    this.#ports = ports;
  }

  /** What rules say of the newest documents that are valid; null where none judges documents. */
  get said(): Diagnostic[] | null {
    return this.#judged?.said ?? null;
  }

  /** Reads the newest documents; `before` are those in effect so far. */
  async next(before: StandingDocuments): Promise<StandingDocuments> {
    const known = this.#isRecalled ? before : await this.#recalled(before);
    this.#isRecalled = true;
    const read = await this.#standing(known, await this.#ports.source.read());
    this.#read = read.source;
    const taken =
      read.documents.length === 0 && known.documents.length === 0 ? read : await this.#admitted(known, read);
    if (taken.source !== before.source) await this.#remember(taken.source);
    return taken;
  }

  /** A commit that can be read and is not the one that was read last; null where there is none. */
  async newer(known: StandingDocuments): Promise<string | null> {
    const { source, problem } = await this.#standing(known, await this.#ports.source.read());
    return problem === null && source !== this.#read ? source : null;
  }

  /** With pauses while a large commit is validated, so that agents are answered meanwhile. */
  async #standing(before: StandingDocuments, read: SourceRead): Promise<StandingDocuments> {
    return standing(before, read, await this.#validations.of(read));
  }

  /** Documents in effect stay so whatever rules say by now: there is nothing better to go back to. */
  async #admitted(known: StandingDocuments, read: StandingDocuments): Promise<StandingDocuments> {
    const said = await this.#judge(read);
    if (read.source === known.source) return read;
    const empties = emptied(known.documents, read.documents);
    if (empties !== null) return refused(known, read, 'Emptied', `${read.source} is refused: ${empties}`);
    if (said === null || !isDenied(said)) return read;
    const errors = said.filter(({ severity }) => severity === 'error');
    return refused(known, read, 'PolicyDenied', `${read.source} is denied by rules:\n${diagnosticLines(errors)}`);
  }

  async #judge({ source, documents }: StandingDocuments): Promise<Diagnostic[] | null> {
    const nowMs = this.#ports.clock.nowMs();
    if (this.#judged?.source === source && nowMs < this.#judged.untilMs) return this.#judged.said;
    const said = judgesDocuments(documents)
      ? await admit({ documents, plan: null, nowMs }, this.#ports.admission)
      : null;
    const endMs = nextExemptionEnd(documents, nowMs)?.atMs ?? Number.POSITIVE_INFINITY;
    this.#judged = { source, said, untilMs: Math.min(nowMs + judgementMs, endMs) };
    return said;
  }

  /** What was in effect before a restart. */
  async #recalled(before: StandingDocuments): Promise<StandingDocuments> {
    const read = (await this.#ports.source.lastInEffect?.()) ?? null;
    if (read === null) return before;
    const recalled = await this.#standing(noDocuments, read);
    if (recalled.problem === null) return recalled;
    this.#ports.log('warn', `What was in effect before cannot be taken up again: ${recalled.problem.message}`);
    return before;
  }

  async #remember(source: string): Promise<void> {
    const failure = (await this.#ports.source.tookEffect?.(source)) ?? null;
    if (failure === null) return;
    this.#ports.log('warn', `After a restart it will not be known that ${source} took effect: ${failure}`);
  }
}

function judgesDocuments(documents: readonly LocatedDocument[]): boolean {
  return rulesAmong(documents).some(({ document }) => subjectOf(document) === 'documents');
}

/** Of a commit that is distrusted, what is refused here is the one that was accepted before it: both are told. */
function refused(
  known: StandingDocuments,
  read: StandingDocuments,
  reason: SourceProblem['reason'],
  message: string,
): StandingDocuments {
  const own = { source: read.source, reason, message, signer: read.signer };
  const problem = read.problem ? { ...read.problem, message: `${read.problem.message}\n${message}` } : own;
  return { ...known, problem, verdict: read.verdict };
}
