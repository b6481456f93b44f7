import type { ProcessOperator, VmSchedule } from '../../../schema/generated/types.js';
import type { UserIds } from './user-ids.js';

/** What a key may do on this host. */
export interface Authority {
  key: string;
  /** Names of the users whose processes it may schedule, by their number. */
  users: ReadonlyMap<number, string>;
  /** VMs whose schedules it may change, by name. */
  vms: readonly VmSchedule[];
  /** Nobody has granted it anything. */
  isStranger: boolean;
}

/** @param kept schedules that this host keeps */
export async function authorityOf(
  key: string,
  operators: readonly ProcessOperator[],
  kept: readonly VmSchedule[],
  userId: UserIds,
): Promise<Authority> {
  const names = operators.flatMap((operator) => (operator.key === key ? [operator.user] : []));
  const ids = await Promise.all(names.map(userId));
  const users = new Map<number, string>();
  for (const [index, name] of names.entries()) {
    const uid = ids[index];
    // Another name for root does not say who it is that one lets in.
    if (uid !== undefined && (uid !== 0 || name === 'root')) users.set(uid, name);
  }
  const vms = kept
    .filter(({ bounds }) => bounds?.some((each) => each.key === key))
    .sort((a, b) => (a.vm < b.vm ? -1 : 1));
  return { key, users, vms, isStranger: names.length === 0 && vms.length === 0 };
}
