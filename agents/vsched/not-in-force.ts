import type { Fault } from '../../schema/generated/types.js';
import type { ProcessIdentity } from '../linux/process-identity.js';
import { processName } from '../linux/processes.js';

/** Of many processes, those that a message names. */
const mostNamed = 5;

/** A schedule was admitted, and cannot be enforced. */
export function troubleFault(host: string, vm: string, why: string): Fault {
  return fault(vm, `The schedule of ${vm} is not in force on ${host}: ${why}.`);
}

/** A VM has more processes than the one that its schedule is of. @param scheduled undefined: none has it */
export function outsideFault(
  host: string,
  vm: string,
  scheduled: ProcessIdentity | undefined,
  outside: readonly ProcessIdentity[],
): Fault {
  const without = `${listed(outside)} of ${vm} on ${host} ${scheduled ? `are ordinary processes beside ${named(scheduled)}` : 'are ordinary processes'}`;
  const remedy =
    'a schedule is of one process with all its threads: let the VM run one program, without a shell around it';
  return fault(vm, `${without}: ${remedy}, or end the others.`);
}

const named = ({ pid }: ProcessIdentity): string => {
  const name = processName(pid);
  return name === undefined ? `${pid}` : `${pid} (${name})`;
};

function listed(processes: readonly ProcessIdentity[]): string {
  const rest = processes.length - mostNamed;
  return [...processes.slice(0, mostNamed).map(named), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

const fault = (subject: string, message: string): Fault => ({ kind: 'schedule', subject, message });
