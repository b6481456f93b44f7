import type { Snapshot } from '../model/snapshot.js';

/** What is left as it is because somebody asked for it, by name. */
export interface SuspendedNames {
  hosts: ReadonlySet<string>;
  networks: ReadonlySet<string>;
  vms: ReadonlySet<string>;
}

export function suspendedIn({ suspended = [] }: Pick<Snapshot, 'suspended'>): SuspendedNames {
  const named = (prefix: string) =>
    new Set(
      suspended.flatMap(({ object }) => (object.startsWith(`${prefix}/`) ? [object.slice(prefix.length + 1)] : [])),
    );
  return { hosts: named('host'), networks: named('virtual-network'), vms: named('vm') };
}

/** @param object as `vm/NAME` */
export function isSuspended({ suspended = [] }: Pick<Snapshot, 'suspended'>, object: string): boolean {
  return suspended.some((each) => each.object === object);
}
