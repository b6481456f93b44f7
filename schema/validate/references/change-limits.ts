import { timeOf } from '../../admission/rule-times.js';
import type { Diagnostic } from '../../generated/types.js';
import { broken } from '../diagnostic.js';
import type { Located } from '../document.js';
import { isStandIn } from '../unusable.js';
import type { Check, Repository } from './repository.js';

/** Approvals of ChangeLimits say what they approve, and until when; and no removal is approved of a VM that is wanted. */
export const checkChangeLimits: Check = (repository) =>
  repository.of('ChangeLimit').flatMap((located) => [...approvalFaults(located), ...wantedAgain(located, repository)]);

type Limit = Located<'ChangeLimit'>;

function approvalFaults({ document, locate }: Limit): Diagnostic[] {
  return (document.spec.approvals ?? []).flatMap(({ plan, remove, until }, place) => {
    const at = (...field: string[]) => locate(['spec', 'approvals', place, ...field]);
    if ((plan === undefined) === (remove === undefined)) {
      const summary = plan === undefined ? 'The approval says not of what.' : 'The approval is of two things.';
      return [broken('VIRT7015', at('by'), summary)];
    }
    if (remove !== undefined && until !== undefined) {
      return [broken('VIRT7015', at('until'), 'An approval of removals has no `until`: it ends with the VMs.')];
    }
    if (plan !== undefined && until === undefined) {
      return [broken('VIRT7015', at('plan'), 'The approval of a plan has no end.')];
    }
    if (until === undefined || isStandIn(until) || timeOf(until) !== null) return [];
    return [broken('VIRT7006', at('until'), `There is no time \`${until}\`.`)];
  });
}

/** One that stayed there would let the VM be removed the next time without anybody being asked. */
function wantedAgain({ document, locate }: Limit, repository: Repository): Diagnostic[] {
  return (document.spec.approvals ?? []).flatMap(({ remove = [] }, place) =>
    remove.flatMap((vm, index) => {
      if (isStandIn(vm) || !repository.namesOf('VM').has(vm)) return [];
      const range = locate(['spec', 'approvals', place, 'remove', index]);
      return [broken('VIRT7016', range, `The removal of \`${vm}\` is approved, and a VMSet wants it.`)];
    }),
  );
}
