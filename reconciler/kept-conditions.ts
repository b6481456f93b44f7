import type { ConditionDraft } from './condition-draft.js';
import type { Snapshot } from './model/snapshot.js';

/** VMs that no document wants any more, and that run on all the same. */
export function keptConditions({ kept = [], adaptation: { prune } }: Snapshot): ConditionDraft[] {
  return kept.map((vm): ConditionDraft => {
    const base = { object: `vm/${vm}`, type: 'Suspended' as const, status: 'True' as const };
    const what = 'No document wants it any more. It runs on where it is';
    if (prune === 'confirm') {
      const message = `${what} until somebody confirms its removal: add it to \`remove\` of an entry of \`approvals\` in a ChangeLimit, or put it back.`;
      return { ...base, reason: 'RemovalAwaitsApproval', message };
    }
    const message = `${what}, because \`prune\` is \`off\` in the Adaptation: put it back, or set \`prune\` to \`confirm\` or \`on\`.`;
    return { ...base, reason: 'PruneOff', message };
  });
}
