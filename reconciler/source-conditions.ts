import type { ConditionDraft } from './condition-draft.js';
import type { SourceProblem } from './standing-documents.js';
import { signerText, type Verdict } from './trust/verdict.js';

/** What conditions tell of the repository. */
export interface SourceFacts {
  /** Null: the newest documents are in effect. */
  sourceProblem: Pick<SourceProblem, 'reason' | 'message'> | null;
  source: string;
  /** Whether the newest commit is trusted; null where signatures are not verified, or nothing was read yet. */
  sourceVerdict: Verdict | null;
}

export function sourceConditions({ sourceProblem, source, sourceVerdict }: SourceFacts): ConditionDraft[] {
  const ready = { object: 'source/repository', type: 'Ready' as const };
  const verified = sourceVerdict === null ? [] : [verifiedCondition(sourceVerdict)];
  if (sourceProblem === null) {
    return [
      { ...ready, status: 'True', reason: 'Read', message: `Documents of ${source} are in effect.` },
      ...verified,
    ];
  }
  const kept = source === '' ? 'Nothing is in effect yet.' : `The documents of ${source} stay in effect.`;
  const { reason, message } = sourceProblem;
  return [{ ...ready, status: 'False', reason, message: `${message}\n${kept}` }, ...verified];
}

function verifiedCondition(verdict: Verdict): ConditionDraft {
  const base = { object: 'source/repository', type: 'SourceVerified' as const };
  if (verdict.kind === 'distrusted') {
    const { reason, message } = verdict;
    return { ...base, status: reason === 'CannotVerify' ? 'Unknown' : 'False', reason, message };
  }
  const { commit, signer } = verdict;
  if (signer !== null) {
    const message = `Commit ${commit} is signed by ${signerText(signer)}.`;
    return { ...base, status: 'True', reason: 'TrustedSigner', message };
  }
  const message = `Commit ${commit} is the one that --verify-from names: its signature was not asked for.`;
  return { ...base, status: 'True', reason: 'VouchedFor', message };
}
