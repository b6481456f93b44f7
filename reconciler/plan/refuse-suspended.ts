import type { Edit, Step } from '../../schema/generated/types.js';
import type { Suspended } from '../model/snapshot.js';
import type { Still } from './keep-still.js';
import { type Unsafe, unsafe } from './unsafe.js';

/**
 * The last look at what must not be touched, independently of how the plan was made: a plan that would change something suspended is
 * refused as a whole.
 */
export function refuseSuspended(
  suspended: readonly Suspended[],
  steps: readonly Step[],
  { networks }: Pick<Still, 'networks'>,
): Unsafe | null {
  const objects = new Set(suspended.map(({ object }) => object));
  if (objects.size === 0) return null;
  for (const { id, title, edits } of steps) {
    for (const object of edits.flatMap((edit) => touched(edit, networks))) {
      if (!objects.has(object)) continue;
      const { by } = suspended.find((each) => each.object === object) ?? { by: object };
      const whose = by === object ? object : `${object}, which goes with ${by}`;
      const message =
        `step ${id} ("${title}") would change ${whose}: it is suspended, and without that the rest cannot be done. ` +
        'Resume it by removing the annotation virtuoso.dev/reconcile, or take back what asks for the change.';
      return unsafe('suspended', message);
    }
  }
  return null;
}

/** Objects that an edit changes. Schedules of a host are set together: only another one counts, which the ordering sees to. */
function touched(edit: Edit, networks: ReadonlySet<string>): string[] {
  const { addGuests = [], removeGuests = [], setSchedules = [], removeSchedules = [] } = edit;
  const { addNetworks = [], removeNetworks = [], setRules = [], removeRules = [] } = edit;
  const vms = [
    ...addGuests.map(({ name }) => name),
    ...removeGuests.map(({ guest }) => guest),
    ...setSchedules.map(({ vm }) => vm),
    ...removeSchedules,
  ];
  const named = [
    ...addNetworks.map(({ name }) => name),
    ...removeNetworks,
    ...[...setRules, ...removeRules].map(({ network }) => network),
  ];
  return [
    `host/${edit.host}`,
    ...vms.map((vm) => `vm/${vm}`),
    ...named.filter((name) => networks.has(name)).map((name) => `virtual-network/${name}`),
  ];
}
