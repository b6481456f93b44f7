import type { Change, Outcome, Plan, RecentChange } from '../../schema/generated/types.js';
import { linkName } from './configuration.js';

/**
 * Links that were there and that a plan takes down, or that paths of VMs leave or join, by name. A link that the plan sets up, or
 * whose type it changes, does not count by itself.
 */
export function reroutedLinks(changes: readonly Change[]): Set<string> {
  const found = new Set<string>();
  const added = new Set<string>();
  for (const change of changes) {
    if (change.kind === 'link-add') added.add(linkName(change.a, change.b));
    if (change.kind === 'link-remove') found.add(linkName(change.a, change.b));
    if (change.kind !== 'path') continue;
    const [before, after] = [linksOf(change.before), linksOf(change.after)];
    for (const link of [...before, ...after]) if (before.has(link) !== after.has(link)) found.add(link);
  }
  for (const link of added) found.delete(link);
  return found;
}

function linksOf(hosts: readonly string[]): Set<string> {
  return new Set(hosts.slice(1).map((host, place) => linkName(hosts[place] ?? '', host)));
}

/** VMs that a plan stops, each once. A second instance of a VM that runs elsewhere is none. */
export function stoppedVms(changes: readonly Change[]): Set<string> {
  return new Set(changes.flatMap((change) => (change.kind === 'guest-stop' ? [change.guest] : [])));
}

/**
 * What limits count beside migrations, of a plan that was carried out. Of links all that the plan was to re-route count as soon as one
 * step was done: rather too many than too few.
 */
export function changesIn(plan: Plan, outcomes: readonly Outcome[], atMs: number): RecentChange[] {
  const done = new Set(outcomes.flatMap(({ step, status }) => (status === 'done' ? [step] : [])));
  const stopped = plan.steps.flatMap(({ id, edits }) =>
    done.has(id)
      ? edits.flatMap(({ removeGuests = [] }) =>
          removeGuests.flatMap(({ guest, to }) => (to === undefined ? guest : [])),
        )
      : [],
  );
  const rerouted = done.size === 0 ? [] : [...reroutedLinks(plan.changes)].sort();
  return [
    ...[...new Set(stopped)].map((object): RecentChange => ({ kind: 'stop', object, atMs })),
    ...rerouted.map((object): RecentChange => ({ kind: 'reroute', object, atMs })),
  ];
}
